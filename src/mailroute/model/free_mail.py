"""Domains where anybody may have a mailbox, or a domain: none of them stands for a firm."""

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

# The second levels of registries near to us, and where providers give names away. The whole list of public suffixes has
# ten thousand lines and changes weekly; whoever writes one of these means their own name below it.
_SHARED = frozenset(
    """
co.at or.at gv.at ac.at co.uk org.uk me.uk ltd.uk plc.uk net.uk ac.uk gov.uk com.de co.de de.com eu.com uk.com us.com gb.net
com.pl net.pl org.pl edu.pl com.fr asso.fr com.tr com.ua com.gr com.hr com.ro co.nl com.nl com.es org.es co.it com.pt co.hu
onmicrosoft.com mail.onmicrosoft.com github.io gitlab.io netlify.app vercel.app web.app firebaseapp.com herokuapp.com
azurewebsites.net cloudapp.net wixsite.com wordpress.com blogspot.com blogspot.de jimdo.com jimdofree.com jimdosite.com
dyndns.org dyndns.info ddns.net no-ip.org no-ip.com spdns.de dynv6.net myfritz.net selfhost.eu goip.de
""".split()
)


def is_shared_domain(domain: str) -> bool:
    """Whether anybody may have a domain below that one."""
    return domain in _SHARED


def is_free_mail(domain: str) -> bool:
    """Whether a mailbox at that domain says nothing about who has it."""
    return domain in _DOMAINS
