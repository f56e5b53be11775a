"""The names of larger towns, so that the same street in another town is not taken for ours. Pure.

Only names that are no word of everyday German: who writes "Hauptstr. 12 leer" does not mean Leer in East Frisia.
What is not in here is found by its postcode, or by the town of a property.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from mailroute.model.scan import letters_in
from mailroute.routing.places import Hit

_NAMES = """
aachen aalen ahaus ahlen ahrensburg aichach albstadt alsdorf altenburg alzey amberg andernach annaberg-buchholz ansbach
apolda arnsberg arnstadt aschaffenburg aschersleben attendorn augsburg aurich backnang bad-homburg bad-kissingen
bad-kreuznach bad-nauheim bad-oeynhausen bad-oldesloe bad-salzuflen bad-toelz bad-vilbel baden-baden balingen bamberg
barsinghausen baunatal bautzen bayreuth beckum bensheim bergheim bergisch-gladbach bergkamen berlin bernau bernburg biberach
bielefeld bingen bitterfeld blieskastel bocholt bochum bonn borken bornheim bottrop brandenburg braunschweig bremen
bremerhaven bretten brilon bruchsal bruehl buchholz buende bueren buehl burgdorf butzbach buxtehude calw castrop-rauxel
celle chemnitz cloppenburg coburg coesfeld cottbus crailsheim cuxhaven dachau darmstadt datteln deggendorf delitzsch
delmenhorst dessau detmold dietzenbach dillenburg dillingen dinslaken donaueschingen dorsten dortmund dresden dreieich
duelmen dueren duesseldorf duisburg eberswalde eckernfoerde ehingen eilenburg einbeck eisenach eisenhuettenstadt elmshorn
emden emmendingen emmerich emsdetten ennepetal erding erftstadt erfurt erkelenz erkrath erlangen eschborn eschwege
eschweiler espelkamp essen esslingen ettlingen euskirchen falkensee fellbach filderstadt flensburg forchheim frankenthal
frankfurt frechen freiberg freiburg freising freital friedberg friedrichsdorf friedrichshafen fulda fuerstenfeldbruck
fuerstenwalde fuerth gaggenau garbsen garching garmisch-partenkirchen geesthacht geislingen geldern gelnhausen gelsenkirchen
gera germering germersheim gersthofen gevelsberg giessen gifhorn gladbeck glauchau goeppingen goerlitz goettingen goslar
gotha greifswald greiz greven grevenbroich griesheim grimma gronau gross-gerau guetersloh gummersbach guestrow
hagen halberstadt haldensleben halle haltern hamburg hameln hamm hanau hannover hattersheim hattingen heidelberg
heidenheim heilbronn heiligenhaus heinsberg helmstedt hennef hennigsdorf herborn herdecke herford herne herrenberg hersbruck
herten herzogenaurach herzogenrath hilden hildesheim hockenheim hofheim holzminden homburg hoyerswerda huerth husum
ibbenbueren idar-oberstein idstein ilmenau ingelheim ingolstadt iserlohn itzehoe jena juelich kaarst kaiserslautern
kamp-lintfort karben karlsruhe kassel kaufbeuren kelkheim kempen kempten kerpen kevelaer kiel kirchheim kitzingen kleve
koblenz koeln koenigs-wusterhausen koenigsbrunn koenigswinter koethen konstanz korbach kornwestheim korschenbroich krefeld
kreuztal kronach kulmbach laatzen lahr lampertheim landau landsberg landshut langenfeld langenhagen lehrte leichlingen
leinfelden-echterdingen leipzig lemgo lengerich leonberg leverkusen lichtenfels limburg lindau lingen lippstadt lohmar
lohne luckenwalde ludwigsburg ludwigsfelde ludwigshafen luebbecke luebeck luedenscheid luedinghausen lueneburg luenen maintal
mainz mannheim marburg markkleeberg marktredwitz mechernich meckenheim meerbusch meiningen meissen melle memmingen menden
meppen merseburg merzig meschede metzingen minden moenchengladbach moers moelln moerfelden-walldorf monheim mosbach
muehlacker muehlhausen muelheim muenchen muenden muenster nagold naumburg neckarsulm nettetal neubrandenburg neuburg neumarkt
neumuenster neunkirchen neuruppin neusaess neuss neustadt neustrelitz neu-isenburg neu-ulm neuwied niederkassel nienburg
nordenham norderstedt nordhausen nordhorn northeim nuernberg nuertingen oberhausen oberkirch oberursel oelde oer-erkenschwick
offenbach offenburg oldenburg olpe oranienburg osnabrueck osterholz-scharmbeck ostfildern paderborn papenburg parchim passau
penzberg pforzheim pfaffenhofen pfullingen pinneberg pirmasens pirna plettenberg ploen potsdam prenzlau pulheim puttgarden
quedlinburg quickborn radebeul radevormwald radolfzell rastatt rathenow ratingen ravensburg recklinghausen regensburg
reinbek remagen remscheid remseck rendsburg reutlingen rheda-wiedenbrueck rheinbach rheinberg rheinfelden rheinstetten
riesa rietberg rinteln roedermark roesrath rosenheim rostock rotenburg rottenburg rottweil rudolstadt ruesselsheim
saalfeld saarbruecken saarlouis salzgitter salzwedel sangerhausen sankt-augustin sankt-ingbert sankt-wendel schifferstadt
schleswig schmalkalden schmallenberg schoenebeck schorndorf schramberg schwabach schwandorf schwedt schweinfurt schwelm
schwerin schwerte schwetzingen seelze seevetal sehnde selm senftenberg siegburg siegen sigmaringen sindelfingen sinsheim
soest solingen soltau sonneberg sonthofen speyer spremberg sprockhoevel stadtallendorf stadthagen starnberg stendal
stolberg stralsund straubing strausberg stuttgart suhl sulzbach syke taufkirchen taunusstein teltow torgau traunreut traunstein
trier troisdorf tuebingen tuttlingen ueberlingen ulm uelzen unterhaching unterschleissheim vaihingen vaterstetten vechta velbert
versmold viernheim viersen villingen-schwenningen voelklingen voerde waiblingen waldkirch waldkraiburg waldshut-tiengen
walsrode waltrop wandlitz warendorf warstein wedel wegberg weil-am-rhein weilheim weimar weingarten weinheim
weinstadt weissenburg weissenfels weiterstadt wermelskirchen werne wernigerode wertheim wesel wesseling wetzlar
wiehl wiesbaden wiesloch wilhelmshaven willich winnenden winsen wismar witten wittenberg wittenberge wittlich wittmund
wolfenbuettel wolfsburg worms wuerzburg wuerselen wunstorf wuppertal xanten zeitz zerbst zirndorf zittau zweibruecken zwickau
amstetten baden-bei-wien bludenz braunau bregenz dornbirn eisenstadt feldkirch graz hallein hohenems innsbruck kapfenberg
klagenfurt klosterneuburg krems kufstein leoben leonding linz lustenau moedling salzburg sankt-poelten schwechat steyr
ternitz traun villach wels wien wiener-neustadt wolfsberg
aarau basel bern biel chur emmen frauenfeld fribourg genf kloten koeniz kreuzlingen lausanne lugano luzern olten rapperswil
sankt-gallen schaffhausen solothurn thun uster wetzikon winterthur yverdon zuerich
""".split()
TOWNS = frozenset(name.replace("-", "") for name in _NAMES)
_FIRST_WORDS = frozenset(name.partition("-")[0] for name in _NAMES)
_LONG_FORMS = {"st": "sankt"}
_MOST_WORDS = 3
_WORD = re.compile(r"[a-z]+")
_JOINS = frozenset({" ", "-", ". "})
# "Industriestr. 12, Halle 3" is a hall.
_NUMBER_BEHIND = re.compile(r" ?(?:nr\.? ?)?[0-9]")
TOWNS_TRIED = 3000


def towns_in(text: str) -> Iterator[Hit]:
    """Every larger town that a folded text names, as (its name in one word, start, end)."""
    if _FIRST_WORDS.isdisjoint(letters_in(text)):
        return  # most mails
    covered = 0
    for found in islice(_WORD.finditer(text), TOWNS_TRIED):
        first = _LONG_FORMS.get(found[0], found[0])
        if first in _FIRST_WORDS and found.start() >= covered:
            town = _longest(text, first, found.end())
            if town is not None and not _NUMBER_BEHIND.match(text, town[1]):
                covered = town[1]
                yield town[0], found.start(), covered


def _longest(text: str, first: str, end: int) -> tuple[str, int] | None:
    """The longest name that begins with this word: Neustadt, but Wiener Neustadt."""
    name, stop = first, end
    best = (name, stop) if name in TOWNS else None
    for _ in range(_MOST_WORDS - 1):
        following = _WORD.search(text, stop, stop + 24)
        if following is None or text[stop : following.start()] not in _JOINS:
            break
        name, stop = name + following[0], following.end()
        if name in TOWNS:
            best = (name, stop)
    return best


def is_same_town(one: str, other: str) -> bool:
    """`frankfurt` and `frankfurtammain` are one, whichever of them is ours."""
    return one.startswith(other) or other.startswith(one)
