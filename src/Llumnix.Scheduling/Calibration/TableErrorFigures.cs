namespace Llumnix.Scheduling.Calibration;

/// <summary>How an instance's step times differ from one of the tables, for telemetry.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Class">Its class.</param>
/// <param name="Table"><c>prefill</c> or <c>decode</c>.</param>
/// <param name="Ratio">Measured over tabulated time; 1 while it is not known.</param>
/// <param name="IsDrifted">Whether the instance's own times have left those of the table, by more than 15%.</param>
/// <param name="IsWithheld">Whether the correction is withheld because the table has lately been nearer.</param>
/// <param name="IsFitted">Whether a form that is fitted over the class corrects the table, in place of the ratio.</param>
public sealed record TableErrorFigures(string InstanceId, string Class, string Table, double Ratio, bool IsDrifted, bool IsWithheld, bool IsFitted);
