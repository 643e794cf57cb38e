#ifndef BASE_ENVIRONMENT_H
#define BASE_ENVIRONMENT_H

/*
 * Removes the variables by which TLS libraries take orders from the environment: files into which
 * they write the keys of every session (SSLKEYLOGFILE), configurations and modules that they load,
 * debug output that holds keys. SSL_CERT_FILE and SSL_CERT_DIR stay, which only say whom to trust.
 * *ret_names are those that were set, separated by blanks, as many as have room. To be called first
 * thing in main(), before any library is used and before there are threads.
 */
#define ENVIRONMENT_NAMES_SIZE 512
void environment_clean(char ret_names[ENVIRONMENT_NAMES_SIZE]);

#endif
