"""Which GPUs there are, asked of torch in a process of its own: a driver that is not well may take it with it."""

from __future__ import annotations

import asyncio
import json
import os
import sys

SECONDS = 120.0
_LOOK = """
import json, torch
names = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
print(json.dumps({"cuda": torch.version.cuda, "devices": names}))
"""


async def look_for_cuda() -> dict[str, object] | None:
    """What torch says of GPUs: ``cuda``, its version or None, and the names of the ``devices``.

    None where torch cannot even be imported. Takes the seconds that importing it takes.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-c", _LOOK),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"PYTORCH_NVML_BASED_CUDA_CHECK": "1"},
    )
    try:
        said, _errors = await asyncio.wait_for(process.communicate(), SECONDS)
        answer = json.loads(said)
    except (TimeoutError, ValueError):
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return answer if isinstance(answer, dict) else None
