/** Every number that binds more than one building. Units are in the names. */

/** A tool's code, as UTF-8 bytes. */
export const MAX_CODE_BYTES = 100_000
/** A tool's wall clock when its author names none, and the most an author may name. */
export const DEFAULT_TIMEOUT_MS = 30_000
export const MAX_TIMEOUT_MS = 300_000
/**
 * No exchange lasts longer: clients and proxies give up at 240 s. What runs longer by its own
 * time limit is waited for in several exchanges.
 */
export const HARD_STOP_MS = 230_000
/** Request bodies: what the origin reads, and what the Worker reads (Cloudflare side of the line). */
export const ORIGIN_BODY_BYTES = 1_000_000
export const EDGE_BODY_BYTES = 4 * 1024 * 1024
/** Streams that one process keeps open for nothing but news. */
export const MAX_NEWS_STREAMS = 50
/** A longer silence than this on a stream is taken for a broken one by some proxy on the way. */
export const HEARTBEAT_MS = 15_000
/** How long a signed principal assertion may live (it names one request). */
export const ASSERTION_LIFETIME_S = 30
/** How long a call waits for an origin that is away, where its tool says so. */
export const MAX_QUEUED_MS = 24 * 3600 * 1000
/** Characters of one tool result on the wire; Claude Web cuts at about 150,000. */
export const MAX_RESULT_CHARS = 140_000
/** Standard output of a call: kept in memory, and given back to the caller. */
export const STDOUT_BUFFER_BYTES = 1_000_000
export const STDOUT_RETURNED_BYTES = 10_000
/** Most a tool may hand back as its value, as bytes of JSON, and how deep that JSON may nest. */
export const RESULT_BYTES = 1_000_000
export const RESULT_DEPTH = 128
/** Most that the content blocks of a result may have together, as bytes of JSON: 3 MB of image. */
export const CONTENT_BYTES = 4_000_000
export const MAX_CONTENT_BLOCKS = 100
/** How long a call may wait for its client to answer questions, all of them together. */
export const ASKING_MS = 600_000
/** The longest a call lasts: all of its own time, and all that its client takes to answer. */
export const LONGEST_CALL_MS = MAX_TIMEOUT_MS + ASKING_MS
/** How many questions of one call may stand together, and how often it may ask in all. */
export const MAX_QUESTIONS_AT_ONCE = 10
export const MAX_QUESTIONS_PER_CALL = 50
/** Resource limits of one call (setrlimit(2)). */
export const CALL_MEMORY_BYTES = 256 * 1024 * 1024
export const CALL_CPU_S = 60
export const CALL_OPEN_FILES = 64
/** Characters of the address of a resource. */
export const MAX_URI_CHARS = 2_000
/** How deep the JSON of a request may nest, at every door: what reads it does so by recursion. */
export const BODY_DEPTH = 120
/** How long packages may take to be looked up, or to be installed. */
export const PACKAGES_MS = 300_000
/** Shorter values of secrets turn up in any text by chance. */
export const MIN_SECRET_CHARS = 4
