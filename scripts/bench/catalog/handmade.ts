import type { CatalogTool } from './catalog-tools.ts'

/** `server | name | effect | description | argument: description; …`: tools as assistants write them for a household. */
const LINES = `
finance|check_iban|read|Tells whether an IBAN's check digits are right.|iban: International bank account number
finance|convert_currency|read|Converts an amount of money between currencies at today's rate of the European Central Bank.|amount: How much; from: Currency code; to: Currency code
finance|loan_plan|read|Computes the monthly instalment and the interest of a loan, as a table.|principal: Borrowed sum; rate: Interest in percent a year; months: Duration
finance|split_bill|read|Divides what a group spent so that everybody pays the same, with the fewest transfers.|expenses: Who paid how much
house|garbage_dates|read|Says on which days the bins are collected in our street: paper, bio, residual waste.|days: How far ahead
house|boiler_pressure|read|Reads the water pressure of the heating boiler and warns when it is too low.|
house|open_garage|destructive|Opens or closes the garage door.|position: open or closed
house|solar_yield|read|Gives what the photovoltaic panels on the roof produced, per hour, in kWh.|day: Date
house|water_plants|write|Runs the irrigation of the garden beds for some minutes.|bed: Which bed; minutes: How long
kitchen|recipe_from_pantry|read|Suggests dishes that can be cooked with the ingredients at hand.|ingredients: What there is
kitchen|scale_recipe|read|Recalculates the quantities of a recipe for another number of portions.|recipe: Text; portions: How many eat
kitchen|unit_convert|read|Converts between cups, ounces, grams and millilitres for cooking.|quantity: How much; from: Unit; to: Unit; ingredient: For its density
text|summarize_pdf|read|Extracts the text of a PDF document and gives its key points.|url: Where the document is
text|translate|read|Translates text from one language into another.|text: What to translate; target: Language
text|detect_language|read|Guesses in which language a text is written.|text: At least a sentence
text|readability|read|Scores how hard a text is to read (Flesch).|text: The text
text|diff_texts|read|Compares two texts and shows added and removed lines.|before: Text; after: Text
text|regex_test|read|Tries a regular expression on samples and explains what it matches.|pattern: Regular expression; samples: Texts
net|tls_expiry|read|Tells when the TLS/SSL certificate of a host expires and who issued it.|host: Name; port: Port
net|ping_host|read|Measures the latency to a host and whether it answers at all.|host: Name or address
net|whois|read|Looks up who registered a domain and until when.|domain: Name
net|wake_computer|write|Wakes a computer of the local network by a magic packet (Wake-on-LAN).|mac: Hardware address
net|speedtest|read|Measures download and upload bandwidth of the internet line.|
net|scan_ports|read|Lists open TCP ports of a machine in the local network.|host: Address
media|resize_image|read|Scales a picture to a size and gives it as JPEG or PNG.|image: Base64; width: Pixels; height: Pixels
media|video_to_gif|read|Cuts a part of a clip and turns it into an animated GIF.|url: Clip; start: Seconds; length: Seconds
media|read_qr|read|Decodes QR codes and barcodes in a photo.|image: Base64
media|make_qr|read|Draws a QR code for a text or a link.|text: What it says
media|transcribe_audio|read|Turns speech in a recording into text, with time stamps.|url: Recording; language: Spoken language
media|ocr_scan|read|Recognises printed text in a scanned page.|image: Base64
time|timezone_meeting|read|Finds hours at which people in several time zones are all awake.|cities: Where they are; date: Day
time|workdays_between|read|Counts working days between two dates, without public holidays.|from: Date; to: Date; region: For holidays
time|public_holidays|read|Lists the public holidays of a country and year.|country: Code; year: Year
time|next_full_moon|read|Tells the phases of the moon.|from: Date
travel|fuel_prices|read|Finds the cheapest petrol station nearby.|place: Where; kind: diesel or petrol; radius: Kilometres
travel|trip_cost|read|Estimates what a drive costs in fuel and tolls.|from: Place; to: Place; consumption: Litres per 100 km
travel|visa_needed|read|Says whether a passport needs a visa for a destination.|passport: Country; destination: Country
travel|packing_list|read|Makes a list of what to take along for the weather and length of a journey.|destination: Place; days: Length
health|bmi|read|Computes the body mass index.|weight: Kilograms; height: Centimetres
health|pollen_today|read|Gives the pollen count by plant for hay fever sufferers.|region: Where
health|medicine_interactions|read|Checks whether two drugs may be taken together.|drugs: Names
dev|cron_explain|read|Says in words when a cron expression fires next.|expression: Five fields
dev|json_to_csv|read|Flattens JSON records into a comma-separated table.|records: List
dev|uuid_make|read|Generates random identifiers (UUID version 4 or 7).|count: How many
dev|jwt_decode|read|Shows header and claims of a JSON web token without checking it.|token: The token
dev|hash_text|read|Computes SHA-256, SHA-1 or MD5 of a text.|text: The text; algorithm: Which
dev|license_check|read|Lists the licences of the packages that a lock file names.|lockfile: Text
dev|semver_next|read|Proposes the next version number from commit messages.|commits: Messages; current: Version
school|multiplication_quiz|read|Makes arithmetic exercises for children.|level: 1 to 5; count: How many
school|vocabulary_cards|read|Makes flash cards for learning foreign words.|words: List; language: Language
`

const ABOUT: { [server: string]: string } = {
  finance: 'Money of the household',
  house: 'The house and its garden',
  kitchen: 'Cooking',
  text: 'Work on texts and documents',
  net: 'Networks and hosts',
  media: 'Pictures, sound and video',
  time: 'Dates and times',
  travel: 'Journeys',
  health: 'Health',
  dev: 'Small aids for programmers',
  school: 'Learning with children',
}

export const HANDMADE: readonly CatalogTool[] = LINES.trim()
  .split('\n')
  .map((line) => {
    const [server = '', name = '', effect = '', description = '', written = ''] = line.split('|')
    const args = Object.fromEntries(
      written
        .split('; ')
        .filter((arg) => arg !== '')
        .map((arg) => arg.split(': ') as [string, string]),
    )
    return {
      server,
      about: ABOUT[server] ?? '',
      name,
      description,
      args,
      required: Object.keys(args).slice(0, 1),
      effect: effect as CatalogTool['effect'],
    }
  })
