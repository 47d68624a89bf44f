namespace Llumnix.Scheduling.Calibration;

/// <summary>What a decode step computes.</summary>
/// <param name="Batch">Requests in it.</param>
/// <param name="Tokens">Their tokens in the KV cache.</param>
/// <param name="TableMs">Its time by the table, milliseconds.</param>
internal readonly record struct StepLoad(double Batch, double Tokens, double TableMs);
