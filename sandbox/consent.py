"""The pages of the authorization server."""

_STYLE = """
:root { color-scheme: light dark }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #eef2f7; color: #16202c;
  font: 16px/1.5 system-ui, sans-serif }
main { width: min(30rem, calc(100vw - 3rem)); background: #fff; border-radius: 14px; padding: 2rem; margin: 1rem;
  box-shadow: 0 8px 30px #1020301a; box-sizing: border-box }
h1 { font-size: 1.3rem; margin: .2rem 0 .6rem } small { color: #5b6878 }
select, button { font: inherit; padding: .55rem .8rem; border-radius: 8px; border: 1px solid #c5cedb; width: 100% }
ul { padding-left: 1.2rem; margin: .5rem 0 1rem } li { font-family: ui-monospace, monospace; font-size: .9rem }
.buttons { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; margin-top: 1.2rem }
.allow { background: #0b63ce; border-color: #0b63ce; color: #fff; font-weight: 600 }
@media (prefers-color-scheme: dark) { body { background: #10161d; color: #e8edf3 } main { background: #18212b }
  small { color: #9aa7b6 } }
"""

_HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    f"<title>Calendly sandbox</title><link rel='icon' href='data:,'><style>{_STYLE}</style>"
)

CONSENT_PAGE = (
    _HEAD
    + """
<main>
  <small>Calendly sandbox</small>
  <h1>Allow access to your Calendly account?</h1>
  <form method="post" action="/oauth/authorize?{{ query }}">
    <label for="user">You are</label>
    <select id="user" name="user">
      {% for uri, name, role in people %}<option value="{{ uri }}">{{ name }} ({{ role }})</option>{% endfor %}
    </select>
    <p>The application asks for:</p>
    <ul>{% for scope in scopes %}<li>{{ scope }}</li>{% else %}<li>nothing</li>{% endfor %}</ul>
    <div class="buttons">
      <button name="decision" value="deny">Decline</button>
      <button name="decision" value="allow" class="allow">Allow</button>
    </div>
  </form>
</main>
"""
)

ERROR_PAGE = _HEAD + "<main><small>Calendly sandbox</small><h1>This link does not work</h1><p>{{ problem }}</p></main>"
