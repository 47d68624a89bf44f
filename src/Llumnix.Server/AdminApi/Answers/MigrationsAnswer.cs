namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The answer of <c>GET /admin/migrations</c>.</summary>
/// <param name="IsEnabled">Whether this process plans migrations.</param>
/// <param name="Capacity">How many migrations are kept.</param>
/// <param name="RecordedTotal">How many have been recorded since the start.</param>
/// <param name="Migrations">The migrations, newest first.</param>
/// <param name="Drains">The drains now.</param>
public sealed record MigrationsAnswer(
    bool IsEnabled, int Capacity, long RecordedTotal, IReadOnlyList<RecordedMigration> Migrations, IReadOnlyList<DrainRow> Drains);
