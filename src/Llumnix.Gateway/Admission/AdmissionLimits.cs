namespace Llumnix.Gateway.Admission;

/// <summary>Bounds on requests that wait for room in an engine.</summary>
/// <param name="MaxWaiting">How many may wait at a time, 0 or above.</param>
/// <param name="Timeout">How long each of them may wait, 0 or above; 0: none waits.</param>
/// <param name="RetryInterval">Longest time between two rounds of asking, above 0.</param>
internal sealed record AdmissionLimits(int MaxWaiting, TimeSpan Timeout, TimeSpan RetryInterval);
