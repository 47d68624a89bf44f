namespace Llumnix.Scheduling.Prediction;

/// <summary>A prediction that is compared with what comes.</summary>
/// <param name="Ms">The predicted latency, milliseconds.</param>
/// <param name="Factor">The correction that it contains.</param>
internal readonly record struct PredictedLatency(double Ms, double Factor);
