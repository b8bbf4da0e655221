"""A MiniStack that a stage started ends with it, however that ends: a stage that was killed can stop nothing.

The stage says its process id in WARREN_STAGE_PID. Once that is no longer the parent, MiniStack stops as for a signal, which ends its
workers too, and takes its directory of temporary files with it.
"""

import os
import shutil
import signal
import threading
import time

SECONDS = 0.5


def watch():
    stage = os.environ.get("WARREN_STAGE_PID")
    if stage:
        threading.Thread(target=stop_without, args=(int(stage),), daemon=True).start()


def stop_without(stage):
    while os.getppid() == stage:
        time.sleep(SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)
    # What still runs then is not worth waiting for: nobody is there any more whom it could answer.
    time.sleep(3)
    remove_scratch()
    os._exit(1)


def remove_scratch():
    stage = os.environ.get("WARREN_STAGE_PID")
    if stage and os.getppid() != int(stage):
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
