"""The sources of the attacks, by what they are aimed at.

Each is the body of a function, which gets a tensor `mu` and can use what `PRELUDE` defines. The
words in braces are replaced by `Targets.fill`. An attack that succeeds calls `out`, or changes
something that `Targets.changes` notices. It must do no other damage, even where nothing confines
it.
"""

from __future__ import annotations

# `out` puts these words into the result. It joins them only when it is called, so that a copy of
# the source does not contain them.
GOT_OUT = "GOT OUT:"
PRELUDE = """\
import ctypes, gc, os, signal, socket, subprocess, sys, threading, time
def out(what):
    raise SystemError("GOT" + " OUT: " + repr(what)[:80])
def channel():
    return next(o for o in gc.get_objects() if type(o).__name__ == "Channel")
def fd():
    return channel()._socket.fileno()
def syscall(*words):
    return ctypes.CDLL(None, use_errno=True).syscall(*words)
"""

READS = {
    "the gradebook": "out(open('{canary}/gradebook.db').read())",
    "a relative path": "out(open('../../../../../../{canary}/gradebook.db').read())",
    "the gradebook, through the C library": """
        handle = ctypes.CDLL(None).open(b'{canary}/gradebook.db', 0)
        if handle >= 0: out(os.read(handle, 80))
        """,
    "the gradebook, through torch": """
        import torch
        out(bytes(torch.UntypedStorage.from_file('{canary}/gradebook.db', False, 8)))
        """,
    "the gradebook, through a link": """
        os.symlink('{canary}/gradebook.db', os.environ['HOME'] + '/link')
        out(open(os.environ['HOME'] + '/link').read())
        """,
    "the gradebook, through /proc/self": "out(open('/proc/self/root{canary}/gradebook.db').read())",
    "the gradebook, through another process": (
        "out(open('/proc/{victim}/root{canary}/gradebook.db').read())"
    ),
    "the grader's working folder": "out(os.listdir('/proc/{grader}/cwd'))",
    "a check with its right answer": "out(open('{canary}/checks/check_answer.py').read())",
    "everything that this course keeps from submissions": """
        for path in {forbidden}:
            try: found = os.listdir(path) if os.path.isdir(path) else open(path, 'rb').read(9)
            except OSError: continue
            out([path, found])
        """,
    "the home of the grader's user": "out(os.listdir('{home}'))",
    "/etc/passwd": "out(open('/etc/passwd').read())",
}

WRITES = {
    "the gradebook": "open('{canary}/gradebook.db', 'w').write('100'); out('wrote')",
    "the gradebook, appending": "open('{canary}/gradebook.db', 'a').write('1'); out('wrote')",
    "the gradebook, truncating": "os.truncate('{canary}/gradebook.db', 0); out('cut')",
    "the gradebook, truncating as it is opened": """
        os.open('{canary}/gradebook.db', os.O_RDONLY | os.O_TRUNC); out('cut')
        """,
    "the gradebook, deleting": "os.remove('{canary}/gradebook.db'); out('gone')",
    "the gradebook, renaming": "os.rename('{canary}/gradebook.db', '{canary}/x'); out('moved')",
    "the mode of the gradebook": "os.chmod('{canary}/gradebook.db', 0); out('shut')",
    "the mode of the gradebook's folder": "os.chmod('{canary}', 0); out('shut')",
    "the owner of the gradebook": """
        os.chown('{canary}/gradebook.db', -1, os.getgid()); out('owned')
        """,
    "the gradebook's times": "os.utime('{canary}/gradebook.db'); out('touched')",
    "a hard link to the gradebook": """
        os.link('{canary}/gradebook.db', '{canary}/hard'); out('linked')
        """,
    "a symbolic link beside the gradebook": "os.symlink('x', '{canary}/soft'); out('linked')",
    "a new file beside the gradebook": "open('{canary}/new', 'w').write('x'); out('wrote')",
    "a new folder beside the gradebook": "os.mkdir('{canary}/folder'); out('made')",
    "a named pipe beside the gradebook": "os.mkfifo('{canary}/pipe'); out('made')",
    "a result file": "open('{canary}/results/ada.json', 'w').write('{}'); out('wrote')",
    "a check": "open('{canary}/checks/check_answer.py', 'a').write('#'); out('wrote')",
}

PROCESSES = {
    "fork": """
        if os.fork() == 0: os._exit(0)
        out('forked')
        """,
    "a shell": "out(subprocess.run(['/bin/sh', '-c', 'id'], capture_output=True).stdout)",
    "posix_spawn": "out(os.posix_spawn('/bin/true', ['true'], {}))",
    "multiprocessing": """
        import multiprocessing
        job = multiprocessing.get_context('fork').Process(target=print); job.start(); out('ran')
        """,
    "exec, a new program in its own process": """
        os.execv('/bin/sh', ['sh', '-c', 'echo x > {canary}/executed'])
        """,
    "a process that survives": """
        if os.fork() == 0:
            os.setsid(); os.closerange(0, 256); time.sleep(0.8)
            os.close(os.open('{canary}/survivor', os.O_CREAT)); os._exit(0)
        time.sleep(0.4)
        """,
}
SIGNALS = {
    "kill another process": "os.kill({victim}, 9); out('killed')",
    "stop another process": "os.kill({victim}, signal.SIGSTOP); out('stopped')",
    "kill another process by its pidfd": """
        if syscall(424, syscall(434, {victim}, 0), 9, 0, 0) == 0: out('killed')
        """,
    "another process's priority": "os.setpriority(0, {victim}, 19); out('slowed')",
    "another process's CPU affinity": """
        os.sched_setaffinity({victim}, os.sched_getaffinity({victim})); out('pinned')
        """,
    "another process's limits": """
        import resource
        resource.prlimit({victim}, resource.RLIMIT_CORE, (0, 0)); out('limited')
        """,
}

NETWORK = {
    "TCP": "out(socket.create_connection(('127.0.0.1', {port}), 1))",
    "UDP": "out(socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port})))",
    "a web page": """
        import urllib.request
        urllib.request.urlopen('http://127.0.0.1:{port}/', timeout=0.5)
        """,
    "an abstract socket": """
        one = socket.socket(socket.AF_UNIX); one.bind('\\0{port}'); out(one)
        """,
    "a Unix socket of the grader's": """
        socket.socket(socket.AF_UNIX).connect('\\0autograder-{port}'); out('connected')
        """,
    "a listener": "out(socket.create_server(('127.0.0.1', 0)))",
}

SUBMISSIONS = {
    "another submission": "out(open('{canary}/submitted/ada/vae/vae.ipynb').read())",
    "the names of the class": "out(os.listdir('{canary}/submitted'))",
}
SUBMISSION_WRITES = {
    "another submission": "open('{canary}/submitted/ada/vae/vae.ipynb', 'w'); out('wrote')",
}
# A sender, and a receiver in another worker while the first one lives.
MESSAGES = {
    "a message by the size of a file": (
        "open(os.environ['HOME'] + '/message', 'wb').truncate(12345)",
        """
        above = os.path.dirname(os.environ['HOME'])
        for folder in [above, '/tmp', '/run/home']:
            for name in ['', *map(str, range(2000))]:
                try: size = os.stat(f'{folder}/{name}/message').st_size
                except OSError: continue
                if size == 12345: out('a file of another worker')
        """,
    ),
    "a message by a lock on a file": (
        """
        import fcntl, torch
        globals()['kept'] = kept = open(torch.__file__); fcntl.flock(kept, fcntl.LOCK_EX)
        """,
        """
        import errno, fcntl, torch
        try: fcntl.flock(open(torch.__file__), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError: out('locked by another worker')
        """,
    ),
    "a message in /tmp": (
        "open('/tmp/autograder-{port}', 'w').write('x')",
        "os.remove('/tmp/autograder-{port}'); out('a file of another worker')",
    ),
    "a message in /dev/shm": (
        "open('/dev/shm/autograder-{port}', 'w').write('x')",
        "os.remove('/dev/shm/autograder-{port}'); out('a file of another worker')",
    ),
    "a message by an abstract socket": (
        """
        globals()['kept'] = kept = socket.socket(socket.AF_UNIX)
        kept.bind('\\0message-{port}'); kept.listen()
        """,
        "socket.socket(socket.AF_UNIX).connect('\\0message-{port}'); out('connected')",
    ),
    "a message in System V shared memory": (
        "ctypes.CDLL(None).shmget({port}, 4096, 0o1666)",
        """
        number = ctypes.CDLL(None).shmget({port}, 4096, 0o666)
        if number >= 0: ctypes.CDLL(None).shmctl(number, 0, None); out('memory of another worker')
        """,
    ),
}

MEMORY = {
    "reading it through /proc": """
        file = open('/proc/{grader}/mem', 'rb', 0); file.seek({address}); out(file.read(13))
        """,
    "writing it through /proc": """
        file = open('/proc/{grader}/mem', 'r+b', 0); file.seek({address}); file.write(b'forged')
        """,
    "reading it by process_vm_readv": """
        here = ctypes.create_string_buffer(13)
        mine = (ctypes.c_size_t * 2)(ctypes.addressof(here), 13)
        its = (ctypes.c_size_t * 2)({address}, 13)
        if syscall(310, {grader}, mine, 1, its, 1, 0) > 0: out(here.value)
        """,
    "writing it by process_vm_writev": """
        here = ctypes.create_string_buffer(b'forged')
        mine = (ctypes.c_size_t * 2)(ctypes.addressof(here), 6)
        its = (ctypes.c_size_t * 2)({address}, 6)
        syscall(311, {grader}, mine, 1, its, 1, 0)
        """,
    "tracing another process": "if syscall(101, 0x4206, {victim}, 0, 0) == 0: out('traced')",
    "the environment of another process": """
        text = open('/proc/{victim}/environ').read()
        if '{secret}' in text: out('{secret}')
        """,
    "the open files of the grader": "out(os.listdir('/proc/{grader}/fd'))",
    "the memory of its parent": "out(open(f'/proc/{os.getppid()}/mem', 'rb'))",
}

PATCHES = {
    "torch's comparisons": (
        "torch.equal = torch.allclose = torch.isclose = lambda *a, **k: True\n"
        "torch.Tensor.__eq__ = lambda *a: True"
    ),
    "json": "import json; json.dumps = lambda *a, **k: '{\"score\": 100}'",
    "builtins": (
        "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.len = lambda *a: 1"
    ),
    "the checks' modules": (
        "import checkkit.expect as e\n"
        "for name in dir(e):\n"
        "    if callable(getattr(e, name)): setattr(e, name, lambda *a, **k: a[0])"
    ),
}
FRAMES = {
    "random bytes": "os.write(fd(), os.urandom(4096)); return mu",
    "an enormous header": "os.write(fd(), b'\\xff' * 8); time.sleep(9)",
    "a hundred answers at once": """
        for _ in range(100): channel().send({'content': None}, [])
        return mu
        """,
    "an answer of the wrong kind": """
        channel().send({'content': {'tuple': [1, 2]}}, []); time.sleep(9)
        """,
    "a finished result": """
        channel().send({'content': {'dict': {'status': 'graded', 'score': 100}}}, [])
        time.sleep(9)
        """,
    "a call of a tensor's method": """
        one = channel()
        one.send({'ask': 'call', 'content': {'dict': {'target': {'tensor': 0},
                  'method': 'new_zeros', 'args': {'tuple': [10**12]}, 'kwargs': {'dict': {}},
                  'grad': False, 'changes': None}}}, [mu]); print(one.receive()); return mu
        """,
    "a pickle that runs a command": """
        import pickle
        class Run:
            def __reduce__(self): return os.system, ('echo x > {canary}/unpickled',)
        os.write(fd(), pickle.dumps(Run())); time.sleep(9)
        """,
    "the right answer, from the check's file": """
        import torch
        text = open('{canary}/checks/check_answer.py').read()
        return torch.tensor(eval(text.partition('=')[2]))
        """,
}

PAGES = {
    "a script as a message": "raise ValueError('<script>alert(1)</script>')",
    "an image with a handler": "raise ValueError('<img src=x onerror=alert(1)>')",
    "a script as an exception's type": (
        "raise type('<svg onload=alert(1)>', (Exception,), {})('x')"
    ),
    "terminal escapes": "raise ValueError('\\x1b]0;x\\x07\\x1b[2J\\x9b31m\\r\\n')",
    "terminal escapes in a forged frame": """
        text = '\\x1b]0;x\\x07\\x1b[2J<script>alert(1)</script>'
        channel().send({'raised': {'kind': 'ValueError', 'text': text, 'where': text}}, [])
        time.sleep(9)
        """,
    "bidirectional controls": "raise ValueError('\\u202egnorw\\u2066 \\ud800 \\0')",
    "a quotation mark": "raise ValueError('\" onmouseover=\"alert(1)')",
    "a template": "raise ValueError('{{ 7 * 7 }} {% raw %} ${7*7} [red]x')",
}
