/* Runs a fuzz target over the files of its corpus, where libFuzzer is not linked in. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path)
{
	struct stat st;
	FILE *file = fopen(path, "rbe");

	if (file == NULL || fstat(fileno(file), &st) != 0) {
		perror(path);
		return 1;
	}
	/* an exact allocation, so that the address sanitizer sees one byte too many */
	uint8_t *data = malloc(st.st_size > 0 ? (size_t)st.st_size : 1);
	size_t len = data != NULL ? fread(data, 1, (size_t)st.st_size, file) : 0;
	(void)fclose(file);
	(void)LLVMFuzzerTestOneInput(data, len);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = 0;
	int count = 0;

	for (int i = 1; i < argc; i++) {
		DIR *folder = opendir(argv[i]);
		if (folder == NULL) {
			perror(argv[i]);
			return 1;
		}
		for (struct dirent *item = readdir(folder); item != NULL; item = readdir(folder)) {
			char path[4096];
			if (item->d_name[0] == '.')
				continue;
			(void)snprintf(path, sizeof(path), "%s/%s", argv[i], item->d_name);
			failed |= run_file(path);
			count++;
		}
		(void)closedir(folder);
	}
	printf("%d inputs\n", count);
	return failed != 0 || count == 0;
}
