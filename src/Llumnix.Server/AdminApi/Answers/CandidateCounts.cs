namespace Llumnix.Server.AdminApi.Answers;

/// <summary>How many instances were left after each step of a decision.</summary>
/// <param name="Healthy">Healthy instances that may take the role.</param>
/// <param name="Fitting">Of these, the ones that serve the model and can hold the prompt.</param>
/// <param name="Allowed">Of these, the ones that the request does not exclude.</param>
/// <param name="Eligible">Of these, the ones that passed the required filters.</param>
/// <param name="Considered">Of these, the ones that the selector chose from: those that passed the preferred filters or, where none did, all.</param>
public sealed record CandidateCounts(int Healthy, int Fitting, int Allowed, int Eligible, int Considered);
