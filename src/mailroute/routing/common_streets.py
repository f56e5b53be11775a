"""What hundreds of towns call their streets: whoever writes such a name has not mistyped another one.

`Bergstr.` is no slip for our Burgstr., and `Ebertstr.` none for our Ebertystr. Names as folding leaves them, without
"strasse" or "weg".
"""

from __future__ import annotations

from collections.abc import Iterator

from mailroute.routing.first_names import FIRST_NAMES
from mailroute.routing.towns import TOWNS

_WORDS = frozenset(
    """
haupt schul garten bahnhof dorf berg burg kirch kirchen linden wald waldes ring birken wiesen amsel park feld felder muehl
muehlen friedhof brunnen buchen buchfink buchfinken industrie gewerbe finken eichen tannen ahorn mittel neu neue alte ost sued nord west erlen
blumen post flieder tal bach buch buchs heide kastanien hof hoefe fichten fasanen meisen drossel lerchen kiefern eschen
ulmen pappel weiden holunder hasel schlehen ginster rosen nelken tulpen veilchen dahlien flora iris krokus lilien
margeriten narzissen orchideen primel enzian arnika akelei astern anemonen lavendel malven mohn kornblumen sonnen stern
mond venus mars merkur adler falken habicht bussard sperber eulen kranich storch storchen reiher schwan schwanen enten
moewen schwalben spatzen star zeisig stieglitz nachtigall pirol kuckuck specht elster dohlen raben hirsch reh hasen fuchs
dachs marder biber otter igel wolf wolfs baeren luchs forellen hecht lachs bienen markt rathaus schloss kloster stadt turm
tor mauer wall graben kanal hafen see ufer quell quellen insel deich damm bruecken stein steine sand kies lehm ton kalk moor
moos torf teich weiher anger hag hain horn hang hohl hohe lange kurze breite grosse kleine enge krumme gerade tiefe
obere untere hintere vordere acker korn hafer gersten roggen weizen flachs hopfen wein reben obst apfel birn kirschen
pflaumen nuss beeren schaefer hirten jaeger foerster mueller baecker metzger fleischer schmied schmiede schuster schneider
gerber weber faerber toepfer zimmer maurer glaser seiler kuefer boettcher fischer schiffer fuhrmanns post zoll muenz salz
schuh hut tuch leder eisen kupfer silber gold glas ziegel ziegelei kohl kohlen gas gaswerk wasser feuer luft wind bad bade
spital hospital kranken armen waisen frauen herren ritter grafen fuersten kaiser koenig koenigs prinzen herzog bischof
pfarr pfarrer probst dom muenster kapellen kreuz marien johannes johannis georg georgen martin martins nikolai nikolaus
michael michaelis peter peters paul pauls stephan anna annen elisabeth barbara katharinen josef josefs laurentius jakob
jakobi andreas thomas sebastian luisen charlotten sophien augusten karl karls wilhelm wilhelms friedrich friedrichs
heinrich ludwig leopold maximilian albert albrecht ernst otto konrad hermann siegfried
goethe schiller lessing hoelderlin uhland heine moerike eichendorff kleist lenau hebbel storm fontane raabe keller rueckert
klopstock herder wieland koerner arndt hauff busch kaestner brecht mann hesse tucholsky borchert boell zweig grimm kant hegel
fichte schelling nietzsche schopenhauer leibniz bismarck moltke bluecher scharnhorst gneisenau yorck roon stein hardenberg
zeppelin hindenburg ebert stresemann adenauer heuss rathenau erzberger liebknecht luxemburg bebel engels marx lassalle
thaelmann pieck siemens bosch daimler benz diesel krupp borsig roentgen koch virchow behring sauerbruch planck einstein hertz
humboldt gauss euler kepler kopernikus galilei newton bunsen liebig woehler haber hahn heisenberg ohm ampere volta watt
duerer holbein cranach gruenewald rembrandt rubens menzel spitzweg liebermann corinth marc macke klee nolde kollwitz barlach
mozart beethoven haendel haydn schubert schumann brahms wagner liszt bruckner strauss mendelssohn lortzing gluck telemann
reger orff luther melanchthon zwingli calvin bonhoeffer kolping ketteler bodelschwingh pestalozzi froebel diesterweg jahn
frank scholl stauffenberg goerdeler beck nansen nobel gandhi kennedy
berliner hamburger muenchner muenchener koelner frankfurter stuttgarter duesseldorfer dortmunder essener leipziger bremer
dresdner dresdener hannoversche nuernberger duisburger bochumer wuppertaler bielefelder bonner muensteraner mannheimer
karlsruher wiesbadener augsburger aachener kieler chemnitzer hallesche magdeburger freiburger krefelder luebecker mainzer
erfurter kasseler rostocker potsdamer saarbruecker hagener hammer ulmer wuerzburger regensburger ingolstaedter heilbronner
goettinger trierer jenaer koblenzer geraer cottbuser zwickauer erlanger bamberger bayreuther passauer landshuter
rosenheimer kemptener lindauer konstanzer ravensburger tuebinger reutlinger pforzheimer heidelberger darmstaedter
offenbacher hanauer giessener marburger fuldaer weimarer eisenacher gothaer dessauer wittenberger torgauer meissner
goerlitzer bautzener breslauer koenigsberger danziger stettiner posener tilsiter memeler wiener salzburger linzer grazer
innsbrucker zuericher baseler basler berner genfer prager
""".split()
)
_SURNAMES = frozenset(
    """
mueller schmidt schneider fischer weber meyer wagner becker schulz hoffmann schaefer koch bauer richter klein wolf schroeder
neumann schwarz zimmermann braun krueger hofmann hartmann lange schmitt werner krause meier lehmann schmid schulze maier
koehler herrmann koenig walter mayer huber kaiser fuchs peters lang scholz moeller weiss jung hahn vogel guenther berger
winkler roth lorenz baumann franke schuster simon boehm winter kraus schumacher kraemer vogt jaeger sommer gross seidel
brandt haas schreiber graf schulte dietrich ziegler kuhn kuehn pohl engel horn bergmann voigt sauer wolff pfeiffer bayer baier
beyer kerner hansen jansen jensen petersen paulsen claussen thiele kunze kuntze lindner reuter heller ott nagel kern hirsch
fiedler stark strobel singer sander kramer rau reich ernst fink finke hammer hauser heim hein hermes hess hoyer kessler knoll
kolb krug kunz lenz link mertens metz metzger michel moser noack oswald otte pape paul probst rapp reinhardt renner rieger ritter
rudolph runge sachs schade schenk schilling schober scholl schott schramm seifert siebert springer steiner stoll thoma ulrich
unger urban vetter wegner weigel wendt wenzel wieland wilke will wirth witt wittmann wolter wulf zander zeller
""".split()
)


def _of_towns() -> Iterator[str]:
    """Rathenow → rathenower, Neunkirchen → neunkircher, Halle → haller."""
    for town in TOWNS:
        yield f"{town.removesuffix('en').removesuffix('e')}er"
        yield f"{town}er"


COMMON_STEMS = _WORDS | _SURNAMES | FIRST_NAMES | frozenset(_of_towns())
