"""Where runs write: folders that are gone when they are no longer needed, also when a process was killed before."""
import fcntl
import os
import shutil
import tempfile

PREFIX = "weir-env-"


def take(descriptor, wait=False):
    """Locks the folder; whether it did. The lock ends with the last process that has the descriptor open, however that
    process ends. Where the file system has no such locks, nobody gets one, and nothing is swept."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


def make():
    """A new folder below that of temporary files, and a descriptor that locks it, to be given to weir too."""
    while True:
        folder = tempfile.mkdtemp(prefix=PREFIX)
        try:
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # swept before it was locked
        take(descriptor, wait=True)
        if os.path.exists(folder):
            return folder, descriptor
        os.close(descriptor)


def sweep():
    """Removes the folders of this user that nobody locks: those who made them were killed."""
    above = tempfile.gettempdir()
    try:
        names = [name for name in os.listdir(above) if name.startswith(PREFIX)]
    except OSError:
        return  # one may write there, but not look
    for path in (os.path.join(above, name) for name in names):
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue  # gone meanwhile, or another user's
        try:
            if os.fstat(descriptor).st_uid == os.geteuid() and take(descriptor):
                shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(descriptor)


def remove_partial(output):
    """After a run that was killed: OUTPUT.partial and OUTPUT.lock, which weir itself removes when it ends in another
    way. A run of another process that has taken the same OUTPUT since keeps its own, since it has the lock."""
    lock = output + ".lock"
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(lock)):
            shutil.rmtree(output + ".partial", ignore_errors=True)
            os.unlink(lock)
    except OSError:
        pass
    finally:
        os.close(descriptor)
