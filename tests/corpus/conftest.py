"""What lies here is graded, never collected."""

collect_ignore_glob = ["*"]
