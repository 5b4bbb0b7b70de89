import type { Unseen } from '#contract/code-uses.ts'

/** What reading the code did not see through, as a sentence for author and approver. */
export function unseenInWords({ kind, line, hint }: Unseen): string {
  const at = `Line ${line}`
  switch (kind) {
    case 'host':
      return hint === null
        ? `${at} builds a host name at run time: needs a wide grant such as *.example.com, or name the hosts.`
        : `${at} builds a host name at run time: needs the wide grant ${hint}, or name the hosts.`
    case 'host_end':
      return `${at} goes on after the host ${hint ?? ''} with what shows only at run time; end the host with a slash.`
    case 'port':
      return `${at} chooses a port at run time: name each, as ${hint ?? 'nas.lan'}:8080.`
    case 'request':
      return `${at} hands on what sends requests; which hosts it reaches then does not show.`
    case 'module':
      return `${at} imports a module by a name that is made at run time.`
    case 'secret':
      return `${at} takes secrets by names that do not show, or all of them.`
    case 'code':
      return `${at} makes code at run time, or reaches past imports${hint === null ? '' : ` (${hint})`}: what that does does not show.`
    case 'too_much':
      return `${at} and what follows use too much to be looked up or listed; not all of it is told.`
  }
}
