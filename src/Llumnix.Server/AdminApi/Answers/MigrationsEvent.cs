namespace Llumnix.Server.AdminApi.Answers;

/// <summary>The event <c>migrations</c>: migrations that are new or have changed since the event before, and the drains where there are any.</summary>
/// <param name="RecordedTotal">How many have been recorded since the start.</param>
/// <param name="Migrations">The migrations, newest first; one with a known sequence replaces it.</param>
/// <param name="Drains">All drains now.</param>
public sealed record MigrationsEvent(long RecordedTotal, IReadOnlyList<RecordedMigration> Migrations, IReadOnlyList<DrainRow> Drains);
