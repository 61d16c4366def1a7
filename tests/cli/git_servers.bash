# SPDX-License-Identifier: Apache-2.0
# Git over ssh and https on loopback, by the servers of the distribution: with keys, a certificate
# and ports of their own, in a folder of their own, and only as long as a test file runs. What is
# installed and started elsewhere on the machine is not touched.

# shellcheck disable=SC2034 # read by the test files
SERVERS=

free_port() {
	perl -MIO::Socket::INET \
		-e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'
}

# servers_missing PROGRAM...: names the first that is not here; sshd and nginx stand in sbin.
servers_missing() {
	local program
	PATH="$PATH:/usr/sbin:/sbin"
	for program in "$@"; do
		command -v "$program" >/dev/null || { echo "$program"; return 0; }
	done
	return 1
}

# servers_make: SERVERS is a folder with the repository repositories/ledger.git; short, for a
# socket's path.
servers_make() {
	SERVERS=$(mktemp -d /tmp/writ-git.XXXXXX)
	PATH="$PATH:/usr/sbin:/sbin"
	export GIT_CONFIG_GLOBAL="$SERVERS/gitconfig" GIT_CONFIG_SYSTEM=/dev/null
	: >"$GIT_CONFIG_GLOBAL"
	unset http_proxy https_proxy HTTPS_PROXY ALL_PROXY all_proxy SSH_AUTH_SOCK GIT_SSH_COMMAND \
		GIT_SSL_CAINFO GIT_SSL_CAPATH
	mkdir "$SERVERS/repositories"
	git init -q --bare "$SERVERS/repositories/ledger.git"
}

# serve NAME PROGRAM ARGUMENT...: in the background, until servers_end; a group of its own, for
# fcgiwrap leaves its children behind.
serve() {
	local name=$1
	shift
	setsid "$@" >"$SERVERS/$name.log" 2>&1 3>&- &
	echo $! >>"$SERVERS/pids"
}

# answers PORT: waits until something listens there.
answers() {
	local tries=0
	until (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || { cat "$SERVERS"/*.log; return 1; }
		sleep 0.02
	done
}

servers_end() {
	local pid
	[ -n "$SERVERS" ] || return 0
	if [ -e "$SERVERS/pids" ]; then
		while read -r pid; do
			kill -- "-$pid" 2>/dev/null || :
			wait "$pid" 2>/dev/null || :
		done <"$SERVERS/pids"
	fi
	rm -rf "$SERVERS"
}

# ssh_serve: sets SSH_PORT. "$SERVERS/ssh" is a client's configuration that knows the host and has
# the key.
ssh_serve() {
	SSH_PORT=$(free_port)
	ssh-keygen -q -t ed25519 -N '' -f "$SERVERS/host_key"
	ssh-keygen -q -t ed25519 -N '' -f "$SERVERS/key"
	ssh-keygen -q -t ed25519 -N '' -f "$SERVERS/other_key"
	cp "$SERVERS/key.pub" "$SERVERS/authorized_keys"
	printf 'ledger %s\n' "$(cat "$SERVERS/host_key.pub")" >"$SERVERS/known_hosts"
	cat >"$SERVERS/sshd_config" <<-END
		ListenAddress 127.0.0.1
		Port $SSH_PORT
		HostKey $SERVERS/host_key
		AuthorizedKeysFile $SERVERS/authorized_keys
		PidFile none
		UsePAM no
		StrictModes no
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		PermitRootLogin prohibit-password
		MaxStartups 100
	END
	cat >"$SERVERS/ssh" <<-END
		Host *
		HostKeyAlias ledger
		UserKnownHostsFile $SERVERS/known_hosts
		GlobalKnownHostsFile /dev/null
		IdentityFile $SERVERS/key
		IdentitiesOnly yes
		StrictHostKeyChecking yes
		LogLevel ERROR
	END
	# Where sshd keeps what it was separated from; its package makes it when its service starts.
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	serve sshd "$(command -v sshd)" -D -e -f "$SERVERS/sshd_config"
	answers "$SSH_PORT"
}

nginx_config() {
	local kind backend
	backend=$(git --exec-path)/git-http-backend
	[ "$(id -u)" -ne 0 ] || echo 'user root;'
	cat <<-END
		daemon off;
		pid $SERVERS/nginx.pid;
		error_log stderr;
		events { }
		http {
			access_log $SERVERS/access.log;
			client_max_body_size 16m;
	END
	for kind in client_body proxy fastcgi uwsgi scgi; do
		echo "${kind}_temp_path $SERVERS/nginx-$kind;"
	done
	cat <<-END
			server {
				listen 127.0.0.1:$HTTPS_PORT ssl;
				ssl_certificate $SERVERS/cert.pem;
				ssl_certificate_key $SERVERS/cert.key;
				location ~ ^/git(/.*)\$ {
					auth_basic git;
					auth_basic_user_file $SERVERS/users;
					fastcgi_pass unix:$SERVERS/fcgi;
					fastcgi_read_timeout 20s;
					fastcgi_param SCRIPT_FILENAME $backend;
					fastcgi_param GIT_PROJECT_ROOT $SERVERS/repositories;
					fastcgi_param GIT_HTTP_EXPORT_ALL 1;
					fastcgi_param GIT_PROTOCOL \$http_git_protocol;
					fastcgi_param GIT_CONFIG_GLOBAL /dev/null;
					fastcgi_param HTTP_CONTENT_ENCODING \$http_content_encoding;
					fastcgi_param PATH_INFO \$1;
					fastcgi_param QUERY_STRING \$query_string;
					fastcgi_param REQUEST_METHOD \$request_method;
					fastcgi_param CONTENT_TYPE \$content_type;
					fastcgi_param CONTENT_LENGTH \$content_length;
					fastcgi_param REMOTE_USER \$remote_user;
					fastcgi_param REMOTE_ADDR \$remote_addr;
				}
			}
		}
	END
}

# https_serve: sets HTTPS_PORT. ann with the password secret and bob with other may read; hooks say
# who may push.
https_serve() {
	HTTPS_PORT=$(free_port)
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
		-subj /CN=ledger -addext subjectAltName=IP:127.0.0.1 -keyout "$SERVERS/cert.key" \
		-out "$SERVERS/cert.pem" 2>"$SERVERS/openssl.log"
	printf 'ann:%s\nbob:%s\n' "$(openssl passwd -apr1 secret)" "$(openssl passwd -apr1 other)" \
		>"$SERVERS/users"
	nginx_config >"$SERVERS/nginx.conf"
	serve fcgiwrap "$(command -v fcgiwrap)" -c 8 -f -s "unix:$SERVERS/fcgi"
	serve nginx "$(command -v nginx)" -p "$SERVERS" -e stderr -c "$SERVERS/nginx.conf"
	answers "$HTTPS_PORT"
	git config --global http.sslCAInfo "$SERVERS/cert.pem"
}

# cut_before PORT: sets CUT_PORT, where two of three connections to PORT are cut after some bytes of
# the answer, in a fixed order.
cut_before() {
	CUT_PORT=$(free_port)
	# shellcheck disable=SC2016 # Perl's
	serve cut perl -MIO::Socket::INET -MIO::Select -e '
		my ($listen, $target) = @ARGV;
		my $door = IO::Socket::INET->new(
			LocalAddr => "127.0.0.1", LocalPort => $listen, Listen => 64,
			ReuseAddr => 1) or die "listen: $!";
		$SIG{CHLD} = "IGNORE";
		for (my $n = 1; my $in = $door->accept; $n++) {
			next if fork;
			my $left = $n % 3 ? ($n * 977) % 7000 : 1e12;
			my $out = IO::Socket::INET->new(
				PeerAddr => "127.0.0.1", PeerPort => $target) or exit;
			my $both = IO::Select->new($in, $out);
			while (my @ready = $both->can_read(30)) {
				for my $from (@ready) {
					sysread($from, my $bytes, 65536) or exit;
					$bytes = substr $bytes, 0, $left if $from == $out;
					syswrite($from == $out ? $in : $out, $bytes);
					$left -= length $bytes if $from == $out;
					exit if $left <= 0;
				}
			}
			exit;
		}' "$CUT_PORT" "$1"
	answers "$CUT_PORT"
}
