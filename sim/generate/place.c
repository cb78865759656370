#include "sim/generate/place.h"

#include <math.h>

#include "sim/base/memory.h"
#include "sim/base/real.h"

#define EARTH_KM         6371.0088
#define LIGHT_KM_PER_S   299792.458
#define FIBRE_SHARE      (2. / 3) /* refractive index about 1.5 */
#define RADIANS(degrees) ((degrees)*M_PI / 180)

char *weir_way_about(const struct weir_way_options *way)
{
    return weir_format("latencies are length times %g at 2/3 of the speed of light, and %g us for equipment",
                       way->stretch, way->hop_s * 1e6);
}

double weir_way_latency_s(const struct weir_way_options *way, double distance_km)
{
    return way->hop_s + way->stretch * distance_km / (FIBRE_SHARE * LIGHT_KM_PER_S);
}

struct weir_point weir_point_on_earth(double longitude_deg, double latitude_deg)
{
    double east = RADIANS(longitude_deg), north = RADIANS(latitude_deg);
    return (struct weir_point){EARTH_KM * weir_cos(north) * weir_cos(east), EARTH_KM * weir_cos(north) * weir_sin(east),
                               EARTH_KM * weir_sin(north)};
}

/* From the chord: well-conditioned for near places, as the haversine is. */
double weir_point_way_km(const struct weir_point *a, const struct weir_point *b)
{
    return 2 * EARTH_KM * weir_asin(fmin(1, weir_point_distance(a, b) / (2 * EARTH_KM)));
}
