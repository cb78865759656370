/* The layers of neural networks that inference is cut at: work and size of what they hand on, from their shapes. */
#ifndef WEIR_GENERATE_MODELS_H
#define WEIR_GENERATE_MODELS_H

/* One task of the chain. */
struct weir_model_layer {
    char name[32];
    double flops;  /* 2 for each multiplication and addition; comparisons and additions of pools and skips 1 */
    double values; /* numbers that it hands on */
};
#define WEIR_MODEL_LAYERS 32 /* at most */

/* How the names of the models are written, in the order of their numbers; ends with NULL. */
extern const char *const weir_model_names[]; /* "none", "alexnet", "vgg-16", "resnet-50", NULL */

/* The layers of a model (1 .. 3) for one picture; how many there are. *input: numbers of the picture. */
int weir_model_layers(int model, struct weir_model_layer layers[WEIR_MODEL_LAYERS], double *input);

#endif
