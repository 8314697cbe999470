"""The concept table: which words mean nearly the same, and which field of work a concept belongs to."""


def word_set(words: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(words.split())


CONCEPTS: dict[str, str] = {
    "create": "create open file raise submit register",
    "refund": "refund refundable reimburse reimbursement moneyback chargeback rückerstattung rückerstatten "
    "erstattung erstatten zurückerstatten remboursement rembourser reembolso reembolsar rimborso",
    "payment": "pay paid payment charge invoice bill billing fee debit transaction receipt subscription "
    "checkout creditcard overcharge rechnung zahlung bezahlen bezahlt abbuchung facture paiement payer "
    "factura pago pagar cobro fattura pagamento fatura",
    "crash": "crash error bug exception debug debugging fault broken breaks failure fail traceback freeze "
    "hang malfunction defect glitch troubleshoot notworking absturz abgestürzt abstürzen stürzt fehler "
    "fehlermeldung kaputt erreur panne plante fallo errore",
    "technical": "technical tech software app application system server device install installation "
    "configuration engineer engineering technik technisch technique técnico tecnico",
    "log": "log logfile syslog traceback stacktrace protokoll",
    "login": "login password signin signup credential passwort anmelden anmeldung kennwort contraseña "
    "connexion authentication authenticate lockout",
    "maintenance": "maintenance upgrade outage downtime patch migration migrate backup restart reboot uptime "
    "unavailable infrastructure deploy deployment wartung ausfall störung mantenimiento manutenzione",
    "ticket": "ticket case incident complaint vorgang",
    "knowledge": "knowledge knowledgebase howto howmany faq article documentation docs manual guide wiki handbook "
    "policy search anleitung handbuch wissen guía",
    "lookup": "lookup search find status track history detail information",
    "order": "order purchase bestellung bestellt commande pedido ordine",
    "shipping": "ship shipping shipment deliver delivery package parcel tracking courier arrive arrival "
    "versand lieferung geliefert paket livraison colis envío entrega spedizione",
    "return": "return exchange rücksendung retour devolver devolución reso",
    "cancel": "cancel cancellation terminate unsubscribe kündigen kündigung stornieren annuler cancelar annullare",
    "account": "account profile membership konto compte cuenta",
    "sales": "buy sale sales price pricing quote discount offer upsell kaufen angebot acheter comprar",
    "weather": "weather temperature forecast rain sunny snow climate wetter météo clima",
    "translate": "translate translation translator übersetzen übersetzung traduire traducir",
    "math": "math maths mathematics mathematical calculate calculation arithmetic add plus subtract minus "
    "multiply divide equation algebra geometry integral compute solve",
    "homework": "homework assignment exercise coursework hausaufgabe devoirs deberes",
    "message": "email mail message notify notification send sms newsletter",
    "schedule": "schedule meeting appointment calendar booking reserve reservation termin cita",
    "travel": "travel flight trip hotel airline airport plane",
    "baggage": "baggage bag luggage suitcase",
    "legal": "legal law lawyer lawsuit sue attorney court litigation",
    "medical": "medical medicine doctor symptom diagnose diagnosis disease prescription dose health pain",
    "finance": "invest investment stock crypto portfolio loan mortgage dividend",
    "staff": "hiring vacation salary payroll employee onboarding holiday",
    "security": "security breach hack hacker phishing vulnerability malware virus",
    "injection": "promptinjection injection jailbreak systemprompt bypass",
    "insult": "insult abuse abusive profanity profane offensive rude swear curse idiot stupid moron dumb "
    "shit fuck asshole bastard crap",
    "violence": "violence violent weapon bomb kill murder gun explosive",
    "secret": "secret password apikey passphrase credential",
    "personal": "pii personaldata ssn socialsecurity creditcard cardnumber",
    "politics": "politics political politician election vote president parliament government",
    "human": "human person manager representative escalate escalation",
    "urgent": "urgent urgently asap immediately critical emergency severe blocker dringend sofort eilig",
    "amount": "amount total sum price cost value balance betrag montant importe",
    "research": "research researcher investigate gather sources evidence",
    "write": "write writer draft compose author copywriter",
    "review": "review reviewer verdict critique critic proofread editor",
    "summarise": "summarise summarize summary condense digest tldr",
    "plan": "plan planner roadmap itinerary",
    "analyse": "analyse analyze analysis analyst assess evaluate inspect",
    "positive": "great good love excellent happy thanks wonderful amazing perfect awesome nice pleased",
    "negative": "bad terrible awful hate angry disappointed worst horrible unhappy upset annoyed useless",
}

DOMAINS: dict[str, str] = {
    "refund": "billing",
    "payment": "billing",
    "crash": "technical",
    "technical": "technical",
    "log": "technical",
    "login": "technical",
    "maintenance": "technical",
    "order": "orders",
    "shipping": "orders",
    "return": "orders",
    "cancel": "orders",
    "injection": "security",
    "security": "security",
}

PHRASES: tuple[tuple[str, str], ...] = (
    (r"money[\s-]*back|geld zurück", "moneyback"),
    (r"(?:log|sign)(?:ged|ging|ing)?[\s-]in(?:to)?", "login"),
    (r"look(?:ed|ing|s)?[\s-]up", "lookup"),
    (r"knowledge[\s-]base", "knowledgebase"),
    (r"credit[\s-]card|debit[\s-]card", "creditcard"),
    (r"stack[\s-]trace", "stacktrace"),
    (r"how (?:do|can|should|would|could) (?:i|we|you|one)|how to", "howto"),
    (r"how (?:many|much|long|often|far)", "howmany"),
    (r"wie kann ich|wie geht|comment puis-je|cómo puedo", "howto"),
    (r"(?:not|n't|n’t) (?:work|load|start|respond|open)(?:ing)?", "notworking"),
    (r"(?:is|are|went|goes|keeps going) down", "outage"),
    (r"social security(?: number)?", "socialsecurity"),
    (r"card number", "cardnumber"),
    (r"api[\s-]key", "apikey"),
    (r"system prompt", "systemprompt"),
    (r"prompt injection", "promptinjection"),
    (
        r"(?:ignore|disregard|forget|override) (?:all |any |the |your |my )*"
        r"(?:previous |prior |above |earlier )*(?:instructions?|rules|prompt)",
        "promptinjection",
    ),
    (r"personal (?:data|information|details)", "personaldata"),
    (r"as soon as possible|right away", "asap"),
)

UNSPACED: dict[str, str] = {
    "退款": "refund", "返金": "refund", "환불": "refund", "退钱": "refund",
    "发票": "invoice", "請求書": "invoice", "付款": "payment", "支払": "payment", "결제": "payment",
    "错误": "error", "崩溃": "crash", "エラー": "error", "クラッシュ": "crash", "오류": "error",
    "订单": "order", "注文": "order", "주문": "order", "配送": "shipping", "密码": "password", "日志": "log",
}  # fmt: skip
"""Words of scripts that do not put spaces between them."""

STOP_WORDS = word_set(
    "a an the and or but if of to in on at by for with from into onto about as is are was were be been being am "
    "i me my mine we us our you your yours he she it its they them their this that these those there here "
    "do does did done have has had will would can could should shall may might must not no yes please so than "
    "then too very just also any some all each every which what who whom whose when where why how "
    "s t re ve ll d m don hi hello hey dear up out off over again once "
    "der die das den dem ein eine einen einer und oder ich mein meine meinen mir mich wir sie es ist sind war "
    "für von mit auf zu im bitte nicht habe hat wie was wo wann "
    "le la les un une des du de et ou je mon ma mes est sont pour avec sur dans ne pas il elle que qui "
    "el los las una y o mi mis es son para con en del por que no se lo il gli i che di per sono"
)

WEAK_WORDS = word_set(
    "get fetch retrieve show list check see tell give make take process handle run issue perform use do go "
    "find look need want like help assist support ask answer question request customer user client agent "
    "specialist expert team desk service problem thing know let say work new tool data information detail "
    "provide related matter topic regarding concerning hand handoff transfer handling deal different other "
    "general number id item result one two first last next day today now create open add set "
    "call receive sure thank system"
)

ACTION_VERBS = word_set(
    "create open file add send delete remove cancel refund update change set submit issue process place book "
    "pay charge reset restart deploy execute approve close make post write insert schedule escalate transfer "
    "reimburse notify register publish upgrade start stop apply order buy grant give raise assign"
)
"""A tool whose name starts with one of these changes something."""
