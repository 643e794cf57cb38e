#ifndef WEB_PAGE_ASSETS_H
#define WEB_PAGE_ASSETS_H

/* The content of the elements <style> and <script>. */
extern const char page_style[];
extern const char page_script[];

/* The value of Content-Security-Policy: nothing but the page's own style and script, by their
 * hashes. The caller frees; NULL without memory. */
char *page_content_security_policy(void);

#endif
