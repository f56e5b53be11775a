"""Domains where anybody may have a mailbox: none of them stands for a firm."""

from __future__ import annotations

_DOMAINS = frozenset(
    """
gmx.de gmx.net gmx.at gmx.ch gmx.org gmx.com gmx.info gmx.eu web.de email.de mail.de freenet.de t-online.de magenta.de arcor.de
vodafone.de vodafonemail.de 1und1.de online.de onlinehome.de o2online.de o2mail.de alice-dsl.net alice-dsl.de kabelmail.de
unity-mail.de netcologne.de ewetel.net ewe.net osnanet.de htp-tel.de mnet-mail.de mnet-online.de versanet.de posteo.de
posteo.net mailbox.org tutanota.com tutanota.de tuta.io proton.me protonmail.com protonmail.ch pm.me gmail.com
googlemail.com outlook.com outlook.de outlook.at hotmail.com hotmail.de hotmail.ch live.com live.de live.at msn.com yahoo.com
yahoo.de ymail.com rocketmail.com aol.com aol.de icloud.com me.com mac.com aon.at a1.net chello.at liwest.at utanet.at
bluewin.ch sunrise.ch hispeed.ch swissonline.ch mail.com mail.ru yandex.com yandex.ru wp.pl o2.pl onet.pl interia.pl libero.it
orange.fr wanadoo.fr laposte.net free.fr abv.bg seznam.cz
""".split()
)


def is_free_mail(domain: str) -> bool:
    """Whether a mailbox at that domain says nothing about who has it."""
    return domain in _DOMAINS
