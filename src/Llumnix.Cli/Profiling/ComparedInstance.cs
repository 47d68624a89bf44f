namespace Llumnix.Cli.Profiling;

/// <summary>Step times by the profiling table against measured ones, for one instance.</summary>
/// <param name="InstanceId">The instance.</param>
/// <param name="Class">Its class; empty where the scheduler does not tell it.</param>
/// <param name="Table"><c>prefill</c> or <c>decode</c>.</param>
/// <param name="Ratio">Measured over tabulated time.</param>
/// <param name="IsDrifted">Whether it has left the table's times.</param>
/// <param name="Correction">What corrects the table, where it is to be corrected: <c>ratio</c>, <c>fit</c>, or <c>withheld</c> while the table alone is nearer.</param>
internal sealed record ComparedInstance(string InstanceId, string Class, string Table, double Ratio, bool IsDrifted, string Correction);
