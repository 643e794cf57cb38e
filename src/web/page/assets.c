/* Style and script of the page. Their hashes are its security policy, so they are constant texts
 * and nothing is ever put into them. */
#include "web/page/assets.h"

#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"

#define DIGEST_TEXT_SIZE 64 /* SHA-256 in base64: 44 characters */

const char page_style[] =
	":root{--bg:#f4f6f8;--card:#fff;--text:#1b2530;--dim:#5a6775;--line:#dde3e9;"
	"--link:#0a5eb0;--bad:#b01c1c;--bad-bg:#fbe4e4;--warn:#7d5200;--warn-bg:#fdf0d3;"
	"--good:#1a6b38;--good-bg:#e0f3e6;--info:#22559c;--info-bg:#e2ecfa;--dim-bg:#e9edf1;"
	"--bar:#4b8ccb;--soon:#d9912b}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#12171d;--card:#1b222a;--text:#e4e9ee;"
	"--dim:#9aa7b4;--line:#2e3843;--link:#7db8f0;--bad:#ff9a94;--bad-bg:#4a1f20;"
	"--warn:#f5c878;--warn-bg:#45340f;--good:#8fd9a8;--good-bg:#173a25;--info:#a3c6f5;"
	"--info-bg:#1c3357;--dim-bg:#2a333d;--bar:#4b8ccb;--soon:#d9912b}}\n"
	"*{box-sizing:border-box}\n"
	"body{margin:0;background:var(--bg);color:var(--text);"
	"font:14px/1.45 system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}\n"
	"header,main,footer{max-width:1500px;margin:0 auto;padding:0 24px}\n"
	"header{padding-top:24px}\n"
	"h1{margin:0;font-size:26px;letter-spacing:-.3px}\n"
	"h2{margin:0 0 12px;font-size:17px}\n"
	"header p,.note{margin:4px 0 0;color:var(--dim)}\n"
	"a{color:var(--link)}\n"
	".cards{display:grid;grid-template-columns:repeat(8,1fr);gap:12px;margin:20px 0}\n"
	".card{display:block;padding:14px 16px;border-radius:8px;background:var(--card);"
	"border:1px solid var(--line);border-left:4px solid var(--line);color:inherit;"
	"text-decoration:none}\n"
	".card:hover{border-color:var(--link)}\n"
	".card b{display:block;font-size:28px;line-height:1.1;font-variant-numeric:tabular-nums}\n"
	".card span{color:var(--dim)}\n"
	".card.bad{border-left-color:var(--bad)}.card.bad b{color:var(--bad)}\n"
	".card.warn{border-left-color:var(--soon)}.card.warn b{color:var(--warn)}\n"
	".card.good{border-left-color:var(--good)}.card.good b{color:var(--good)}\n"
	".card.info{border-left-color:var(--info)}.card.info b{color:var(--info)}\n"
	".card.calm b{color:var(--dim)}\n"
	".notice{margin:20px 0 0;padding:12px 16px;border-radius:8px;background:var(--warn-bg);"
	"color:var(--warn)}\n"
	"section{margin:0 0 20px;padding:18px 20px;background:var(--card);"
	"border:1px solid var(--line);border-radius:8px}\n"
	".months{display:flex;gap:8px;margin:0;padding:0;list-style:none}\n"
	".months li{flex:1;min-width:0;text-align:center}\n"
	".months b{display:block;font-weight:600;font-variant-numeric:tabular-nums}\n"
	".months svg{display:block;width:100%;height:72px;margin:2px 0 4px;"
	"border-bottom:1px solid var(--line)}\n"
	".months span{color:var(--dim);font-size:12px}\n"
	".later{fill:var(--bar)}.soon{fill:var(--soon)}\n"
	"table{width:100%;border-collapse:collapse}\n"
	"th{padding:6px 10px;text-align:left;font-size:12px;font-weight:600;color:var(--dim);"
	"border-bottom:1px solid var(--line);white-space:nowrap}\n"
	"th button{all:unset;cursor:pointer}\n"
	"th button:hover,th button:focus-visible{color:var(--link);text-decoration:underline}\n"
	"th[aria-sort=ascending] button::after{content:\" \\2191\"}\n"
	"th[aria-sort=descending] button::after{content:\" \\2193\"}\n"
	"td{padding:8px 10px;vertical-align:top;border-bottom:1px solid var(--line);"
	"overflow-wrap:anywhere;unicode-bidi:isolate}\n"
	"tbody tr:last-child td{border-bottom:0}\n"
	"tbody tr:hover{background:var(--bg)}\n"
	"td b{font-weight:600}\n"
	"td small{display:block;color:var(--dim);font-size:12px}\n"
	"td small.old,.note.old{color:var(--warn)}\n"
	"td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}\n"
	"time{white-space:nowrap;font-variant-numeric:tabular-nums}\n"
	"[data-t=certificates]{table-layout:fixed}\n"
	"[data-t=certificates] th:nth-child(1){width:118px}"
	"[data-t=certificates] th:nth-child(2){width:104px}"
	"[data-t=certificates] th:nth-child(3){width:68px}"
	"[data-t=certificates] th:nth-child(4){width:18%}"
	"[data-t=certificates] th:nth-child(5){width:13%}"
	"[data-t=certificates] th:nth-child(6){width:17%}\n"
	"[data-t=certificates] td:nth-child(n+7){font-size:12px;color:var(--dim)}\n"
	"[data-t=certificates] td:nth-child(6){font-size:13px}\n"
	"th.n{text-align:right}\n"
	".badge{display:inline-block;padding:1px 8px;border-radius:10px;font-size:12px;"
	"font-weight:600;white-space:nowrap;color:var(--dim);background:var(--dim-bg)}\n"
	".badge.bad{color:var(--bad);background:var(--bad-bg)}\n"
	".badge.warn{color:var(--warn);background:var(--warn-bg)}\n"
	".badge.good{color:var(--good);background:var(--good-bg)}\n"
	".badge.info{color:var(--info);background:var(--info-bg)}\n"
	".tools{display:flex;flex-wrap:wrap;gap:10px;align-items:center;margin:0 0 12px}\n"
	".tools input,.tools select{font:inherit;padding:6px 10px;border-radius:6px;"
	"border:1px solid var(--line);background:var(--bg);color:var(--text)}\n"
	".tools input{flex:1 1 220px;max-width:420px}\n"
	".tools output{color:var(--dim)}\n"
	".note{margin-top:10px}h2+.note{margin-top:0}\n"
	"[hidden]{display:none!important}\n"
	"footer{display:flex;flex-wrap:wrap;justify-content:space-between;gap:4px 24px;"
	"padding-bottom:32px;color:var(--dim)}\n"
	"footer p{margin:0}footer a{margin-right:14px}\n"
	"@media(max-width:1100px){.cards{grid-template-columns:repeat(4,1fr)}}\n"
	"@media(max-width:800px){header,main,footer{padding-left:12px;padding-right:12px}"
	".cards{grid-template-columns:repeat(2,1fr);gap:8px}section{padding:14px 12px}"
	".months{gap:3px}.months span{font-size:10px}"
	"thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
	"table,tbody,tr,td{display:block}"
	"tr{padding:10px 0;border-bottom:1px solid var(--line)}"
	"tbody tr:last-child{border-bottom:0}"
	"td{position:relative;min-height:24px;padding:2px 0 2px 104px;border:0;"
	"text-align:left!important}"
	"td:empty{display:none}"
	"td::before{content:attr(data-l);position:absolute;left:0;top:3px;color:var(--dim);"
	"font-size:12px;font-weight:400}}\n";

const char page_script[] =
	"(function(){'use strict';\n"
	"document.querySelectorAll('table').forEach(function(table){\n"
	" var body=table.tBodies[0];\n"
	" Array.prototype.forEach.call(table.tHead.rows[0].cells,function(th,column){\n"
	"  var button=document.createElement('button');\n"
	"  button.type='button';button.textContent=th.textContent;\n"
	"  th.textContent='';th.appendChild(button);\n"
	"  button.addEventListener('click',function(){\n"
	"   var down=th.getAttribute('aria-sort')==='ascending';\n"
	"   Array.prototype.forEach.call(th.parentNode.cells,function(other){\n"
	"    other.removeAttribute('aria-sort')});\n"
	"   th.setAttribute('aria-sort',down?'descending':'ascending');\n"
	"   var rows=Array.prototype.map.call(body.rows,function(row){\n"
	"    var cell=row.cells[column];\n"
	"    var value=cell.dataset.v;\n"
	"    if(value===undefined&&cell.className==='n')value=cell.textContent;\n"
	"    return{row:row,value:value===undefined?cell.textContent.toLowerCase():+value}});\n"
	"   rows.sort(function(a,b){\n"
	"    var order=typeof a.value==='number'?a.value-b.value:a.value.localeCompare(b.value);\n"
	"    return down?-order:order});\n"
	"   rows.forEach(function(item){body.appendChild(item.row)})})})});\n"
	"var table=document.querySelector('[data-t=certificates]');\n"
	"if(!table)return;\n"
	"var tools=document.createElement('div');tools.className='tools';\n"
	"var search=document.createElement('input');search.type='search';\n"
	"search.placeholder='Search name, subject, destination\\u2026';\n"
	"search.setAttribute('aria-label','Search certificates');\n"
	"var select=document.createElement('select');\n"
	"select.setAttribute('aria-label','Status');\n"
	"[['','All'],['expired','Expired'],['expiring','Expiring'],['valid','Valid'],\n"
	" ['not_yet_valid','Not yet valid'],['unknown','Unknown']].forEach(function(item){\n"
	" var option=document.createElement('option');\n"
	" option.value=item[0];option.textContent=item[1];select.appendChild(option)});\n"
	"var count=document.createElement('output');\n"
	"tools.append(search,select,count);\n"
	"table.parentNode.insertBefore(tools,table);\n"
	"function filter(){\n"
	" var words=search.value.toLowerCase().split(/\\s+/).filter(Boolean),shown=0,all=0;\n"
	" Array.prototype.forEach.call(table.tBodies[0].rows,function(row){\n"
	"  var text=row.textContent;\n"
	"  row.querySelectorAll('span[title]').forEach(function(cut){text+=' '+cut.title});\n"
	"  text=text.toLowerCase();\n"
	"  var fits=(!select.value||row.dataset.s===select.value)&&\n"
	"   words.every(function(word){return text.indexOf(word)>=0});\n"
	"  row.hidden=!fits;all++;if(fits)shown++});\n"
	" count.textContent=shown===all?all+' certificates':shown+' of '+all+' certificates'}\n"
	"search.addEventListener('input',filter);\n"
	"select.addEventListener('change',filter);\n"
	"document.querySelectorAll('.card').forEach(function(card){\n"
	" if(card.dataset.f)card.addEventListener('click',function(){\n"
	"  select.value=card.dataset.f;filter()})});\n"
	"filter()})();\n";

static bool put_hash(struct buf *buf, const char *directive, const char *text)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned char base64[DIGEST_TEXT_SIZE];
	unsigned len = 0;

	if (EVP_Digest(text, strlen(text), digest, &len, EVP_sha256(), NULL) != 1)
		return false;
	(void)EVP_EncodeBlock(base64, digest, (int)len);
	buf_printf(buf, "; %s 'sha256-%s'", directive, (const char *)base64);
	return true;
}

char *page_content_security_policy(void)
{
	struct buf buf;
	char *policy = NULL;

	buf_init(&buf, 1024);
	buf_puts(&buf, "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
		       "frame-ancestors 'none'");
	if (put_hash(&buf, "style-src", page_style) && put_hash(&buf, "script-src", page_script))
		policy = buf_take(&buf);
	buf_release(&buf);
	return policy;
}
