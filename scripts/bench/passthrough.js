/** What any Worker costs: it carries a request to the origin and the answer back, and looks at neither. */
export default {
  fetch: (request, env) => fetch(env.ORIGIN_URL, { method: 'POST', body: request.body }),
}
