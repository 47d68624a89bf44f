namespace Llumnix.LoadGenerator;

/// <summary>What one run of <see cref="ScheduleLoad"/> measured.</summary>
/// <param name="RequestsPerSecond">Answered requests per second.</param>
/// <param name="P50">Median latency, microseconds.</param>
/// <param name="P99">99th percentile of the latency, microseconds.</param>
/// <param name="P999">99.9th percentile of the latency, microseconds.</param>
/// <param name="NotPlaced">Answers other than 200.</param>
/// <param name="CpuPerRequest">CPU time of the server's process for each request, microseconds; 0 where no process was named.</param>
/// <param name="Cores">CPU time of that process per time; 0 where no process was named.</param>
/// <param name="WorkingSet">Its working set at the end, bytes; 0 where no process was named.</param>
internal readonly record struct ScheduleFigures(double RequestsPerSecond, int P50, int P99, int P999, long NotPlaced, double CpuPerRequest, double Cores, long WorkingSet);
