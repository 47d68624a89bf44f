namespace Llumnix.Scheduling.Profiles;

/// <summary>A part of a row of a <see cref="LatencyGrid"/> in which values are linear, with what <see cref="LatencyGrid.At(double, double)"/> reads there.</summary>
/// <param name="Begin">Where it begins on the second axis; position 0 where values are constant.</param>
/// <param name="End">Where it ends, exclusive. Not above <paramref name="Begin"/> where there is no such part.</param>
/// <param name="PerWidth">1 / its width; 0 where values are constant.</param>
/// <param name="Value">The value at its beginning.</param>
/// <param name="Rise">The difference to the value at its end.</param>
/// <param name="ValueBelow">The value at its beginning in the next row.</param>
/// <param name="RiseBelow">The difference to the value at its end there.</param>
internal readonly record struct LatencyCell(
    double Begin, double End, double PerWidth, double Value, double Rise, double ValueBelow, double RiseBelow);
