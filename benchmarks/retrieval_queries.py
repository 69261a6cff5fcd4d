"""Queries of the retrieval benchmark. The captions that were translated: COCO Consortium, CC BY 4.0."""
# ruff: noqa: E501

KEYWORDS = {
    "dog": r"\b(dogs?|pupp(y|ies)|poodle)\b",
    "pizza": r"\bpizzas?\b",
    "airplane": r"\b(air)?planes?\b|\bseaplane\b|\bjets?\b",
    "horses": r"\bhorses?\b",
    "laptop computer": r"\blaptops?\b|\blap top\b|\bmac ?book\b",
    "kitchen": r"\bkitchen\b",
    "snow": r"\bsnow|\bski",
    "city street": r"\b(streets?|roads?|crosswalk|intersection|traffic)\b",
    "bathroom": r"\bbath ?rooms?\b|\brestroom\b|\bshower\b",
    "beach": r"\bbeach\b|\bseashore\b",
    "playing tennis": r"\btennis\b",
    "baseball game": r"\bbase ?ball\b|\bbatter\b",
    "riding a skateboard": r"\bskate ?board",
    "red bus": r"\bred\b.*\bbus\b|\bbus\b.*\bred\b",
    "bananas": r"\bbananas?\b",
    "bear": r"\bbears?\b",
    "group of people": r"\bgroup\b|\bpeople\b|\bcrowd\b",
    "little girl or boy": r"\b(girls?|boys?|child(ren)?|kids?|toddler|baby)\b",
    "two people": r"\btwo (people|men|women|girls|boys|persons|players)\b|\bcouple of (people|men|women)\b",
    "someone eating": r"\beat(s|ing)?\b|\bdrink|\benjoy",
}
"""Query and what a caption of a relevant photo matches; two captions must."""

ABSENT = (
    "submarine", "chess board", "penguins", "wedding cake and bride", "barcode", "camels", "hot air balloon",
    "fireworks at night", "x-ray of a hand", "lighthouse", "octopus under water", "ballet dancer", "volcano eruption",
    "guitar player on stage", "christmas tree", "aquarium with fish", "tank with soldiers", "windmill", "snake", "piano",
)  # fmt: skip
"""Things that none of the photos shows."""

LANGUAGES = {
    "de": ["Hund", "Pizza", "Flugzeug", "Pferde", "Laptop", "Küche", "Schnee", "Straße in der Stadt", "Badezimmer",
           "Strand", "Tennis spielen", "Baseballspiel", "Skateboard fahren", "roter Bus", "Bananen", "Bär",
           "Gruppe von Menschen", "kleines Mädchen oder kleiner Junge", "zwei Personen", "jemand beim Essen"],
    "es": ["perro", "pizza", "avión", "caballos", "ordenador portátil", "cocina", "nieve", "calle de la ciudad",
           "cuarto de baño", "playa", "jugar al tenis", "partido de béisbol", "montar en monopatín", "autobús rojo",
           "plátanos", "oso", "grupo de personas", "niña o niño pequeño", "dos personas", "alguien comiendo"],
    "fr": ["chien", "pizza", "avion", "chevaux", "ordinateur portable", "cuisine", "neige", "rue de la ville",
           "salle de bain", "plage", "jouer au tennis", "match de baseball", "faire du skateboard", "bus rouge",
           "bananes", "ours", "groupe de personnes", "petite fille ou petit garçon", "deux personnes",
           "quelqu'un qui mange"],
    "it": ["cane", "pizza", "aereo", "cavalli", "computer portatile", "cucina", "neve", "strada di città", "bagno",
           "spiaggia", "giocare a tennis", "partita di baseball", "andare sullo skateboard", "autobus rosso", "banane",
           "orso", "gruppo di persone", "bambina o bambino", "due persone", "qualcuno che mangia"],
    "zh": ["狗", "披萨", "飞机", "马", "笔记本电脑", "厨房", "雪", "城市街道", "浴室", "海滩", "打网球", "棒球比赛",
           "玩滑板", "红色公共汽车", "香蕉", "熊", "一群人", "小女孩或小男孩", "两个人", "有人在吃东西"],
}  # fmt: skip
"""The keywords in other languages, in the same order."""

SAMPLE = {
    "000000000285.jpg": ("Closeup of a brown bear sitting in a grassy area.", "Nahaufnahme eines Braunbären, der im Gras sitzt.", "Primer plano de un oso pardo sentado en la hierba.", "Gros plan d'un ours brun assis dans l'herbe.", "Primo piano di un orso bruno seduto nell'erba.", "一只棕熊坐在草地上的特写。"),
    "000000000885.jpg": ("A man holding a tennis racket playing tennis.", "Ein Mann mit einem Tennisschläger spielt Tennis.", "Un hombre con una raqueta jugando al tenis.", "Un homme tenant une raquette joue au tennis.", "Un uomo con una racchetta che gioca a tennis.", "一个男人拿着球拍打网球。"),
    "000000002149.jpg": ("A large white bowl of many green apples.", "Eine große weiße Schüssel mit vielen grünen Äpfeln.", "Un gran tazón blanco con muchas manzanas verdes.", "Un grand bol blanc rempli de pommes vertes.", "Una grande ciotola bianca con molte mele verdi.", "一个装着许多青苹果的白色大碗。"),
    "000000006012.jpg": ("An apple sits in between a bunch of bananas", "Ein Apfel liegt zwischen lauter Bananen", "Una manzana entre un montón de plátanos", "Une pomme posée au milieu de bananes", "Una mela in mezzo a un mucchio di banane", "一个苹果放在一串香蕉中间"),
    "000000007281.jpg": ("Two men are riding horses along the beach.", "Zwei Männer reiten auf Pferden den Strand entlang.", "Dos hombres montan a caballo por la playa.", "Deux hommes font du cheval le long de la plage.", "Due uomini cavalcano lungo la spiaggia.", "两个男人在海滩上骑马。"),
    "000000007511.jpg": ("A man is flying a kite at the beach.", "Ein Mann lässt am Strand einen Drachen steigen.", "Un hombre vuela una cometa en la playa.", "Un homme fait voler un cerf-volant à la plage.", "Un uomo fa volare un aquilone in spiaggia.", "一个男人在海滩上放风筝。"),
    "000000008690.jpg": ("Two young girls petting goats in a pen.", "Zwei kleine Mädchen streicheln Ziegen in einem Gehege.", "Dos niñas acarician cabras en un corral.", "Deux petites filles caressent des chèvres dans un enclos.", "Due bambine accarezzano delle capre in un recinto.", "两个小女孩在围栏里抚摸山羊。"),
    "000000010707.jpg": ("A man standing in a living room holding a Nintendo Wii game controller.", "Ein Mann steht im Wohnzimmer und hält einen Wii-Controller.", "Un hombre de pie en una sala con un mando de Wii.", "Un homme debout dans un salon tient une manette de Wii.", "Un uomo in piedi in soggiorno con un controller Wii in mano.", "一个男人站在客厅里，手拿任天堂Wii游戏手柄。"),
    "000000012062.jpg": ("A large white sheep standing next to other sheep.", "Ein großes weißes Schaf steht neben anderen Schafen.", "Una gran oveja blanca junto a otras ovejas.", "Un grand mouton blanc à côté d'autres moutons.", "Una grande pecora bianca accanto ad altre pecore.", "一只大白羊站在其他羊旁边。"),
    "000000012280.jpg": ("An airport with a woman carrying a piece of luggage.", "Ein Flughafen mit einer Frau, die ein Gepäckstück trägt.", "Un aeropuerto con una mujer que lleva una maleta.", "Un aéroport avec une femme portant une valise.", "Un aeroporto con una donna che porta una valigia.", "机场里一个女人拿着行李。"),
    "000000020247.jpg": ("there are two brown bears together in the wild", "zwei Braunbären zusammen in der Wildnis", "dos osos pardos juntos en la naturaleza", "deux ours bruns ensemble dans la nature", "due orsi bruni insieme nella natura", "野外有两只棕熊在一起"),
    "000000117425.jpg": ("A toddler celebrates his birthday with a cupcake.", "Ein Kleinkind feiert seinen Geburtstag mit einem Törtchen.", "Un niño pequeño celebra su cumpleaños con un pastelito.", "Un bambin fête son anniversaire avec un petit gâteau.", "Un bimbo festeggia il compleanno con un dolcetto.", "一个幼儿用纸杯蛋糕庆祝生日。"),
    "000000160012.jpg": ("A close up of a pizza pie sitting on a table.", "Nahaufnahme einer Pizza auf einem Tisch.", "Primer plano de una pizza sobre una mesa.", "Gros plan d'une pizza posée sur une table.", "Primo piano di una pizza su un tavolo.", "桌上一块披萨的特写。"),
    "000000165518.jpg": ("A man drives a motorcycle down a road in the fog.", "Ein Mann fährt im Nebel mit dem Motorrad eine Straße entlang.", "Un hombre conduce una motocicleta por una carretera con niebla.", "Un homme conduit une moto sur une route dans le brouillard.", "Un uomo guida una moto su una strada nella nebbia.", "一个男人在雾中骑摩托车行驶在路上。"),
    "000000205401.jpg": ("A plane floating on top of a lake surrounded by mountains.", "Ein Flugzeug schwimmt auf einem von Bergen umgebenen See.", "Un avión flotando en un lago rodeado de montañas.", "Un avion flottant sur un lac entouré de montagnes.", "Un aereo che galleggia su un lago circondato da montagne.", "一架飞机浮在群山环绕的湖面上。"),
    "000000262440.jpg": ("A bathroom with a toilet, sink, bath tub, and a small cabinet.", "Ein Badezimmer mit Toilette, Waschbecken, Badewanne und kleinem Schrank.", "Un baño con inodoro, lavabo, bañera y un pequeño armario.", "Une salle de bain avec toilettes, lavabo, baignoire et petit meuble.", "Un bagno con water, lavandino, vasca e un mobiletto.", "浴室里有马桶、水槽、浴缸和一个小柜子。"),
    "000000269314.jpg": ("A cat sitting on top of a banana tree.", "Eine Katze sitzt oben auf einer Bananenstaude.", "Un gato sentado encima de un platanero.", "Un chat assis en haut d'un bananier.", "Un gatto seduto in cima a un banano.", "一只猫坐在香蕉树上。"),
    "000000361919.jpg": ("A group of people skiing down the side of a snow covered mountain.", "Eine Gruppe von Menschen fährt auf Skiern einen verschneiten Berg hinab.", "Un grupo de personas esquiando por una montaña nevada.", "Un groupe de personnes skie sur une montagne enneigée.", "Un gruppo di persone che scia giù da una montagna innevata.", "一群人从雪山上滑雪下来。"),
    "000000377575.jpg": ("A dog is tied to a fire hydrant.", "Ein Hund ist an einem Hydranten angebunden.", "Un perro está atado a una boca de incendios.", "Un chien est attaché à une bouche d'incendie.", "Un cane è legato a un idrante.", "一只狗被拴在消防栓上。"),
    "000000551780.jpg": ("A large clock mounted to the side of a building.", "Eine große Uhr an der Seite eines Gebäudes.", "Un gran reloj en la fachada de un edificio.", "Une grande horloge fixée au mur d'un bâtiment.", "Un grande orologio sul lato di un edificio.", "一座大钟安装在建筑物的侧面。"),
}  # fmt: skip
"""A caption of a photo in English, German, Spanish, French, Italian and Chinese."""
