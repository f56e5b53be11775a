#!/bin/sh
# Bring the real servers that tests/e2e talks to: Postfix, Dovecot, PostgreSQL, swaks as a sender, and the browser.
#
# Does nothing where they are installed. Installs Debian's packages as root or with a sudo that
# does not ask; otherwise says in one line what to install and lets the tests go on: the tests that
# need a server then skip with the same sentence, or fail where MAILROUTE_NO_SKIPS=1.
set -eu

PATH="$PATH:/usr/sbin:/sbin"

missing=
[ -x /usr/lib/postfix/sbin/master ] || [ -x /usr/libexec/postfix/master ] || missing="$missing postfix"
command -v dovecot >/dev/null || missing="$missing dovecot-imapd"
[ -x /usr/lib/dovecot/lmtp ] || [ -x /usr/libexec/dovecot/lmtp ] || missing="$missing dovecot-lmtpd"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
command -v swaks >/dev/null || missing="$missing swaks"
# Not servers: one makes certificates, the other lets system calls fail in tests/crash.
command -v openssl >/dev/null || missing="$missing openssl"
command -v strace >/dev/null || missing="$missing strace"
# It draws the letters for docs/mails, and pngquant makes the pictures small.
command -v chromium >/dev/null || missing="$missing chromium fonts-liberation"
command -v pngquant >/dev/null || missing="$missing pngquant"
missing=${missing# }
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
  echo "The end-to-end tests need these servers, please install them: $missing"
  exit 0
fi
if [ "$(id -u)" = 0 ]; then
  as_root=
elif sudo -n true 2>/dev/null; then
  as_root=sudo
else
  echo "The end-to-end tests need these servers, please run: sudo apt-get install $missing"
  exit 0
fi

echo "Installing for the end-to-end tests: $missing"
$as_root apt-get update -qq
# Postfix asks how it is to be set up. Not at all: the tests bring their own configuration.
if command -v debconf-set-selections >/dev/null; then
  echo 'postfix postfix/main_mailer_type select No configuration' | $as_root debconf-set-selections
fi
# shellcheck disable=SC2086  # a list of words, meant to be split
said=$($as_root env DEBIAN_FRONTEND=noninteractive \
  apt-get install -y -qq --no-install-recommends $missing </dev/null 2>&1) || {
  echo "$said"
  exit 1
}

# Debian starts what it installs. Nobody asked for a mail server on this machine: the tests start
# their own, on loopback ports. Only what this script brought is switched off.
if [ -d /run/systemd/system ]; then
  for package in $missing; do
    case $package in
      postfix | postgresql) $as_root systemctl disable --now --quiet "$package" || true ;;
      dovecot-imapd) $as_root systemctl disable --now --quiet dovecot || true ;;
    esac
  done
fi
