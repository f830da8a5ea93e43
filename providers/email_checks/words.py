"""Mailboxes that belong to a role and domains where anybody may have a mailbox."""

#: Local parts that reach a function, not a person. RFC 2142's, and those in common use.
ROLES = frozenset(
    "abuse accounting accounts admin administrator advertising ap ar apply billing board bookings booking "
    "careers career client-services clientservices compliance contact contactus contracts customercare "
    "customerservice customersupport delivery devnull dispatch dns do-not-reply donotreply editor "
    "editorial email enquiries enquiry estimating events everyone facilities feedback finance frontdesk ftp general "
    "hello help helpdesk hi hiring hostmaster hr humanresources info information inquiries inquiry insurance invoices "
    "invoice investor investors ir it jobs legal list mail mailer-daemon maintenance marketing media membership news "
    "newsletter no-reply noc noreply office operations ops order orders owner partners partnership partnerships "
    "payable payables payments payroll people permissions postmaster pr press privacy procurement purchasing "
    "quote quotes receivables reception recruiting recruitment registrar remove request reservations returns root "
    "safety sales scheduling secretary security service services shipping shop spam staff subscribe suggestions "
    "support sysadmin talent team tech technical training unsubscribe usenet uucp vendor vendors warehouse web "
    "webmaster website welcome work www".split()
)

#: Public mailbox services. An address there says nothing about whom its owner works for.
FREE_MAIL = frozenset(
    "126.com 163.com aim.com aol.com att.net bellsouth.net bigpond.com btinternet.com charter.net "
    "comcast.net cox.net duck.com earthlink.net email.com fastmail.com fastmail.fm free.fr freenet.de frontier.com "
    "gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hey.com hotmail.co.uk hotmail.com hotmail.de "
    "hotmail.fr hotmail.it icloud.com inbox.com juno.com laposte.net libero.it live.ca live.co.uk live.com live.de "
    "live.fr mac.com mail.com mail.ru me.com msn.com naver.com netzero.net ntlworld.com optonline.net orange.fr "
    "outlook.com outlook.de outlook.fr pm.me posteo.de proton.me protonmail.ch protonmail.com qq.com rediffmail.com "
    "roadrunner.com rocketmail.com rogers.com sbcglobal.net sfr.fr shaw.ca sky.com sympatico.ca t-online.de "
    "talktalk.net telus.net tuta.com tutanota.com verizon.net virginmedia.com wanadoo.fr web.de windstream.net "
    "yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.au yahoo.com.br yahoo.de yahoo.es yahoo.fr "
    "yahoo.it yandex.com yandex.ru ymail.com zoho.com zohomail.com".split()
)


def is_role(local_part: str) -> bool:
    """Whether the mailbox is named for a role; a tag behind `+` does not count."""
    return local_part.partition("+")[0].lower() in ROLES


def parents_of(domain: str) -> list[str]:
    """The domain and every domain above it that has two labels or more."""
    labels = domain.lower().rstrip(".").split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]
