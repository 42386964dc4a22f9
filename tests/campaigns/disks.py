# SPDX-License-Identifier: MIT
"""disks - disks that fill, fail or stand still, in a directory of the caller. All of them need root.

full     a tmpfs of a few MiB: writes meet ENOSPC, and go on when room is made
failing  ext4 in an image whose own disk is full: what the kernel took in good faith comes back as EIO at the sync
frozen   ext4 that is frozen: whoever writes or syncs waits until it is thawed
"""
import os
import subprocess


def run(*words, check=True):
    return subprocess.run(words, check=check, capture_output=True, text=True)


def why_not(directory):
    """Why they cannot be had here; None when they can."""
    if os.geteuid() != 0:
        return "not root"
    try:
        with FrozenDisk(os.path.join(directory, "try")):
            return None
    except (subprocess.CalledProcessError, OSError) as error:
        return "no loop device, ext4 or tmpfs (%s)" % getattr(error, "stderr", error)


class Mounted:
    """A file system at `path`, gone at the end."""

    def __init__(self, path):
        self.path = path
        os.makedirs(path)

    def mount(self, *words, at=None):
        run("mount", *words, at or self.path)

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, *unused):
        run("umount", "-l", self.path, check=False)


class FullDisk(Mounted):
    def __init__(self, path, mib):
        super().__init__(path)
        self.mib = mib

    def open(self):
        self.mount("-t", "tmpfs", "-o", "size=%dm" % self.mib, "none")
        self.ballast = os.path.join(self.path, "ballast")

    def fill(self, leave_bytes=0):
        """Takes all room but so many bytes."""
        with open(self.ballast, "wb", buffering=0) as file:
            piece = bytes(1 << 16)
            try:
                while True:
                    file.write(piece)
            except OSError:
                pass
            if leave_bytes:
                file.truncate(max(0, file.tell() - leave_bytes))

    def make_room(self):
        os.unlink(self.ballast)


class Image(Mounted):
    """ext4 in a file."""

    def make(self, image, mib):
        self.image = image
        with open(image, "wb") as file:
            file.truncate(mib << 20)
        run("mkfs.ext4", "-q", "-E", "lazy_itable_init=0,lazy_journal_init=0", "-J", "size=4", image)
        self.mount("-o", "loop,errors=continue", image)

    def forget_cache(self):
        """As after a power cut: only what reached the image is still there."""
        run("umount", self.path)
        self.mount("-o", "loop,errors=continue", self.image)


class FailingDisk(Image):
    def open(self):
        self.under = FullDisk(self.path + ".under", 96)
        self.under.open()
        self.make(os.path.join(self.under.path, "image"), 160)

    def fail(self):
        self.under.fill()

    def repair(self):
        self.under.make_room()

    def __exit__(self, *unused):
        super().__exit__()
        self.under.__exit__()


class FrozenDisk(Image):
    is_frozen = False

    def open(self):
        self.make(self.path + ".image", 96)

    def freeze(self):
        run("fsfreeze", "-f", self.path)
        self.is_frozen = True

    def thaw(self):
        run("fsfreeze", "-u", self.path)
        self.is_frozen = False

    def __exit__(self, *unused):
        if self.is_frozen:
            self.thaw()
        super().__exit__()
