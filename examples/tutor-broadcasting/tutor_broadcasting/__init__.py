"""A pack of exercises for torch-tutor. The tutor reads the files beside this one, and imports none of them."""
