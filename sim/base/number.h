/* Numbers as text, quicker than printf and to the same digits. */
#ifndef WEIR_BASE_NUMBER_H
#define WEIR_BASE_NUMBER_H

#define WEIR_NUMBER_SIZE 32

/* The shortest text that reads back as the same double, and of those the nearest one [giulietti-2020]; "" for NaN and
 * infinity. An exponent stands where %.15g has one, of numbers with more than 15 digits where %.17g has. Returns
 * `buffer`. */
const char *weir_number(double value, char buffer[WEIR_NUMBER_SIZE]);

/* What printf writes for %.Ng, `digits` being N from 1 to 15; "" for NaN and infinity. Returns the length, without the
 * NUL that ends it. */
int weir_number_digits(double value, int digits, char buffer[WEIR_NUMBER_SIZE]);

#endif
