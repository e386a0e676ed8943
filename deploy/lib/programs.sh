# shellcheck shell=bash
# The programs of the server pod, exactly as Debian ships them: no TLS, no knowledge of a mesh. Each under its own user.

# nginx and Redis are content with any number; PostgreSQL's initdb wants its user to have a name.
nginx_uid=10080
redis_uid=10379

# nginx_start POD DIRECTORY WORD: answers every request with WORD.
nginx_start() {
	mkdir -p "$2"
	cat >"$2/nginx.conf" <<-CONF
		daemon off;
		worker_processes 1;
		pid $2/pid;
		error_log stderr warn;
		events { worker_connections 256; }
		http {
			access_log off;
			client_body_temp_path $2/body;
			proxy_temp_path $2/proxy;
			fastcgi_temp_path $2/fastcgi;
			uwsgi_temp_path $2/uwsgi;
			scgi_temp_path $2/scgi;
			server {
				listen 8080;
				listen [::]:8080;
				location / { return 200 "$3\n"; }
			}
		}
	CONF
	chown -R "$nginx_uid:$nginx_uid" "$2"
	exec_in_pod_as "$1" "$nginx_uid" nginx -e stderr -p "$2" -c "$2/nginx.conf" >"$2/log" 2>&1 </dev/null &
	disown
}

# redis_start POD DIRECTORY
redis_start() {
	mkdir -p "$2"
	printf '%s\n' 'port 6379' 'bind * -::*' 'protected-mode no' 'save ""' 'appendonly no' "dir $2" >"$2/redis.conf"
	chown -R "$redis_uid:$redis_uid" "$2"
	exec_in_pod_as "$1" "$redis_uid" redis-server "$2/redis.conf" >"$2/log" 2>&1 </dev/null &
	disown
}

# postgres_start POD DIRECTORY: a fresh cluster that trusts whoever reaches it; who reaches it is the mesh's business.
postgres_start() {
	local binaries uid
	binaries=$(find /usr/lib/postgresql -mindepth 2 -maxdepth 2 -name bin | sort -V | tail -n 1)
	uid=$(id -u postgres)
	mkdir -p "$2"
	chown "$uid:$uid" "$2"
	in_pod_as "$1" "$uid" "$binaries/initdb" --pgdata "$2/data" --auth trust --no-sync --locale C --encoding UTF8 --username demo \
		>"$2/log" 2>&1 </dev/null || return
	printf 'host all all all trust\n' >>"$2/data/pg_hba.conf"
	exec_in_pod_as "$1" "$uid" "$binaries/postgres" -D "$2/data" -h '*' -p 5432 -k "$2" -c fsync=off >>"$2/log" 2>&1 </dev/null &
	disown
}
