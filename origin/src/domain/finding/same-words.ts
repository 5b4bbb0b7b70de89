/**
 * What people say for what tools are called, one set of like words a line. A word may stand in several
 * sets. An entry of several words is understood, and never looked for.
 */
const LIKE = `
list, show, display, view, enumerate, overview, which, what, all, any, every, currently, right now, at the moment
get, read, fetch, show, details, inspect, open, look at, retrieve, see, in detail, tell me about, more about
create, make, add, new, insert, register, generate, set up, spin up, fire up, write, book, order, schedule, publish, post, another, note down, remind me, i need a, open a, start a, launch a, put on
update, change, edit, modify, alter, rename, adjust, correct, set, move, reschedule, postpone, replace, switch, fix, mark, assign, raise, lower, increase, decrease, reduce, turn up, turn down
delete, remove, drop, erase, destroy, purge, discard, clear, cancel, get rid of, throw away, throw out, take away, close down, unsubscribe, undo, wipe, stop, no longer
search, find, look for, look through, query, look up, lookup, locate, where, containing, mentioning
count, how many, number of, total
export, download, dump, csv, spreadsheet, as a file, save as, save, backup, print
import, upload, load
archive, put away, hide
share, send, hand out, give access, let see, invite, access, permit
history, changes, audit, who, edits, since when, what happened to, who changed, who edited, past
send, post, deliver, write to, notify, tell
convert, turn into, exchange, transform
compute, calculate, work out, estimate, figure out
compare, diff, difference, differ, what changed, versus
check, verify, validate, test, right, wrong, correct, whether
start, run, launch, execute, switch on, turn on, boot, wake, power on
stop, halt, end, switch off, turn off, shut down, kill
cancel, abort, revoke
summarize, summary, key points, gist, shorten
resize, scale, smaller, bigger, shrink, enlarge, dimensions
compress, zip, pack
transcribe, speech, voice, spoken, said, dictate
recognise, detect, guess, identify
decode, inside, contents
explain, mean, meaning
suggest, propose, recommend
split, divide, share out
schedule, plan, timetable
picture, photo, image, photograph, screenshot
video, clip, film, movie
song, track, music
audio, sound, recording
mail, email, letter, inbox
message, text, sms, chat
phone, telephone, mobile, smartphone
folder, directory
file, document, doc
repository, repo
database, db
configuration, config, settings, setup
information, info, details
pull request, pr, merge request
issue, ticket, bug
error, crash, exception, failure, fault
kubernetes, k8s
computer, pc, desktop, laptop, machine
host, server, website, site
certificate, ssl, tls, https
expire, expiry, run out, runs out, expires, valid until
wifi, wlan, wireless
internet, online, connection, line
bandwidth, speed, fast, speedtest, slow
latency, ping, reach, reachable, alive, answers, responds
currency, money, euro, euros, dollar, dollars, franc, francs, pound, pounds, yen
price, cost, fare, cheap, cheapest, expensive, cheaper
payment, pay, paid
refund, money back, reimburse
loan, mortgage, credit, debt
instalment, installment, monthly
bank account, iban
bill, invoice
customer, client, buyer
person, people, user, member, everybody
calendar, appointment, date
meeting, call, conference
free, available, availability
holiday, vacation
timezone, time zone
hour, time, when
working day, workday, business day
rubbish, garbage, trash, waste, bin, refuse
electricity, energy, power, kwh
solar, photovoltaic, panels
heating, thermostat, boiler, radiator
light, lamp, lighting, bulb
door, gate
garden, plants, flowers, vegetables, lawn
watering, irrigation, water
recipe, dish, cook, meal
ingredients, fridge, pantry, groceries
portions, servings, eat
weather, forecast
temperature, temp, degrees
car, drive, vehicle
fuel, petrol, gas, diesel, gasoline
trip, journey, travel
train, rail
flight, plane
near, nearby, around, close
medicine, drug, drugs, pill, pills, medication, medicines
weight, heavy
owner, owns, belongs, registered, registrant, whois
status, state, on time, delayed, delay, late, progress
block, ban, forbid, deny
allow, permit, unblock, whitelist
risk, danger, warning, alert, alarm
sleep, slept, night
pulse, heart rate
translate, translation
language, french, german, english, spanish, italian, chinese, japanese
word, vocabulary
children, kids, child, pupil
arithmetic, maths, math, multiplication, sums
exercise, quiz, practice
cron, crontab
jwt, json web token
password, credential
qr, barcode
version, release
licence, license
map, maps
address, place, location
`

const INFLECTED: readonly [RegExp, string][] = [
  [/ies$/, 'y'],
  [/es$/, ''],
  [/s$/, ''],
  [/ied$/, 'y'],
  [/ed$/, ''],
  [/d$/, ''],
  [/ing$/, ''],
  [/ing$/, 'e'],
  [/([b-df-hj-np-tv-z])\1(?:ed|ing)$/, '$1'],
]

const SETS = LIKE.trim()
  .split('\n')
  .map((line) => line.split(', '))

const SETS_OF = new Map<string, string[][]>()
for (const set of SETS)
  for (const word of set) SETS_OF.set(word, [...(SETS_OF.get(word) ?? []), set])

/** Most words that one entry has. */
export const LONGEST_ENTRY = Math.max(...SETS.flat().map((entry) => entry.split(' ').length))

/** Words that mean about the same as `entry`, one or more lower-case words; none for most. */
export function likeWords(entry: string): string[] {
  const forms = [entry, ...INFLECTED.map(([end, instead]) => entry.replace(end, instead))]
  const sets = [...new Set(forms.flatMap((form) => SETS_OF.get(form) ?? []))]
  return [...new Set(sets.flat())].filter((word) => !word.includes(' ') && !forms.includes(word))
}
