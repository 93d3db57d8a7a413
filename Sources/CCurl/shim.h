// Swift cannot call functions with a variable number of arguments, and libcurl sets every option through one.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <signal.h>

typedef size_t (*ls_curl_data)(char *, size_t, size_t, void *);

// A peer that hangs up in the middle of TLS is an error of the request, not the end of the program: with
// CURLOPT_NOSIGNAL, which several threads need, libcurl leaves that signal to us.
static inline int ls_curl_begin(void) {
    signal(SIGPIPE, SIG_IGN);
    return curl_global_init(CURL_GLOBAL_ALL) == CURLE_OK;
}
static inline int ls_curl_text(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value) == CURLE_OK;
}
static inline int ls_curl_number(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value) == CURLE_OK;
}
static inline int ls_curl_list(CURL *curl, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(curl, option, value) == CURLE_OK;
}
static inline int ls_curl_error(CURL *curl, char *buffer) {
    return curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, buffer) == CURLE_OK;
}
static inline int ls_curl_upload(CURL *curl, ls_curl_data next, void *source) {
    return curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L) == CURLE_OK
        && curl_easy_setopt(curl, CURLOPT_READFUNCTION, next) == CURLE_OK
        && curl_easy_setopt(curl, CURLOPT_READDATA, source) == CURLE_OK;
}
static inline int ls_curl_sink(CURL *curl, ls_curl_data take) {
    return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK;
}
// Of a protocol with answers in lines, e.g. SMTP: each line of an answer goes to `take` together with `place`.
static inline int ls_curl_answers(CURL *curl, ls_curl_data take, void *place) {
    return curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take) == CURLE_OK
        && curl_easy_setopt(curl, CURLOPT_HEADERDATA, place) == CURLE_OK;
}
static inline long ls_curl_status(CURL *curl) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}
static inline int ls_curl_use_tls(void) { return CURLUSESSL_ALL; }
static inline int ls_curl_tls_1_2(void) { return CURL_SSLVERSION_TLSv1_2; }

// Fetching: what arrives goes to `take` together with `place`; the address that a redirect names belongs to the handle.
static inline int ls_curl_receive(CURL *curl, ls_curl_data take, void *place) {
    return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take) == CURLE_OK
        && curl_easy_setopt(curl, CURLOPT_WRITEDATA, place) == CURLE_OK;
}
static inline const char *ls_curl_redirect(CURL *curl) {
    char *address = NULL;
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &address);
    return address;
}
static inline long ls_curl_http_1_1(void) { return CURL_HTTP_VERSION_1_1; }
// Seconds that the answer asks to wait, from a number or a date; 0 where it says nothing.
static inline long ls_curl_retry_after(CURL *curl) {
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds);
    return (long)seconds;
}
