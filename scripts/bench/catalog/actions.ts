/** What one can do to a thing: in a name, in several ways to say it, and what it needs. */
export interface Action {
  verb: string
  isPlural: boolean
  /** `{it}` is the thing, `{them}` several, `{in}` the service. */
  says: string[]
  args: { [name: string]: string }
  required: string[]
  effect: 'read' | 'write' | 'destructive'
}

const ID = { id: 'Identifier' }

export const ACTIONS: readonly Action[] = [
  {
    verb: 'list',
    isPlural: true,
    says: [
      'Lists {them}, newest first.',
      'Lists all {them} in {in}, page by page.',
      'Gives the {them} that match a filter, with their state.',
    ],
    args: { state: 'Only those in this state', page: 'Page, from 1', per_page: 'How many a page' },
    required: [],
    effect: 'read',
  },
  {
    verb: 'get',
    isPlural: false,
    says: [
      'Reads one {it} with all its fields.',
      'Gives the details of one {it} in {in}.',
      'Fetches one {it} by its identifier.',
    ],
    args: ID,
    required: ['id'],
    effect: 'read',
  },
  {
    verb: 'create',
    isPlural: false,
    says: [
      'Creates a new {it}.',
      'Makes a new {it} in {in}.',
      'Adds a {it}; gives its identifier.',
    ],
    args: { title: 'What to call it', body: 'Its content', labels: 'Labels to put on it' },
    required: ['title'],
    effect: 'write',
  },
  {
    verb: 'update',
    isPlural: false,
    says: [
      'Changes fields of an existing {it}.',
      'Edits a {it} in {in}; what is left out stays.',
      'Updates a {it}.',
    ],
    args: { ...ID, changes: 'New values, by field' },
    required: ['id', 'changes'],
    effect: 'write',
  },
  {
    verb: 'delete',
    isPlural: false,
    says: [
      'Deletes a {it} for good.',
      'Removes a {it} from {in}; this cannot be undone.',
      'Deletes one {it}.',
    ],
    args: { ...ID, force: 'Also when something depends on it' },
    required: ['id'],
    effect: 'destructive',
  },
  {
    verb: 'search',
    isPlural: true,
    says: [
      'Finds {them} by words in them.',
      'Full-text search over {them} in {in}.',
      'Searches {them} with a query.',
    ],
    args: { query: 'What to look for', limit: 'How many at most' },
    required: ['query'],
    effect: 'read',
  },
  {
    verb: 'count',
    isPlural: true,
    says: [
      'Counts {them}, grouped by a field.',
      'Tells how many {them} there are in {in}.',
      'Number of {them} per day.',
    ],
    args: { group_by: 'Field to group by', since: 'Begin of the time span' },
    required: [],
    effect: 'read',
  },
  {
    verb: 'export',
    isPlural: true,
    says: [
      'Writes {them} to a CSV file.',
      'Exports {them} from {in} as JSON lines.',
      'Gives {them} as a file to download.',
    ],
    args: { format: 'csv or json', columns: 'Which fields' },
    required: [],
    effect: 'read',
  },
  {
    verb: 'archive',
    isPlural: false,
    says: [
      'Archives a {it}, so that lists do not show it.',
      'Puts a {it} of {in} out of the way without losing it.',
      'Moves a {it} to the archive.',
    ],
    args: ID,
    required: ['id'],
    effect: 'write',
  },
  {
    verb: 'share',
    isPlural: false,
    says: [
      'Gives another person access to a {it}.',
      'Shares a {it} in {in} with people or a group.',
      'Shares a {it} by a link.',
    ],
    args: { ...ID, with: 'Mail addresses', role: 'reader or writer' },
    required: ['id', 'with'],
    effect: 'write',
  },
  {
    verb: 'history_of',
    isPlural: false,
    says: [
      'Tells who changed a {it}, when and what.',
      'Shows the changes made to a {it} in {in} over time.',
      'Audit trail of one {it}.',
    ],
    args: { ...ID, since: 'Begin of the time span' },
    required: ['id'],
    effect: 'read',
  },
]
