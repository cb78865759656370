"""nginx before three servers with weights 5, 1 and 1, which take 10 ms each: who is asked, in which order."""
import common
import web

CONFIG = """
daemon off;
worker_processes 1;
pid FOLDER/pid;
error_log FOLDER/error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path FOLDER/body;
    proxy_temp_path FOLDER/proxy;
    fastcgi_temp_path FOLDER/fastcgi;
    uwsgi_temp_path FOLDER/uwsgi;
    scgi_temp_path FOLDER/scgi;
    upstream servers {{
        server 127.0.0.1:{a} weight=5;
        server 127.0.0.1:{b} weight=1;
        server 127.0.0.1:{c} weight=1;
    }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://servers; }}
    }}
}}
"""


def run(_, rate, seconds):
    port = common.free_port()
    with web.Servers("abc", common.SERVICE_S) as (a, b, c):
        command = [common.program("nginx", "nginx-light"), "-p", "FOLDER", "-e", "FOLDER/error", "-c", "FOLDER/config"]
        config = CONFIG.format(a=a, b=b, c=c, port=port)
        with common.Daemon(command, {"config": config}, lambda: common.listens(port)):
            start, got = web.load(port, rate, seconds, ["127.0.0.1"])
    served = sorted(g for g in got if g[2] == 200)
    done = [gone for _, gone, _, _, _ in served]
    figures = common.figures(start, seconds, len(got), [gone - came for came, gone, _, _, _ in served], done, len(got) - len(served),
                             ([], []))
    del figures["waiting"]
    return figures | {"share": {name: sum(g[3] == name for g in served) / len(served) for name in "abc"},
                      "order": "".join(g[3] for g in served[:7])}


if __name__ == "__main__":
    common.main({"nginx": common.debian("nginx")}, ["weights"], run)
