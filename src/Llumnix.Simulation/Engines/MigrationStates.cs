namespace Llumnix.Simulation.Engines;

/// <summary>What the states of a migration have in common.</summary>
public static class MigrationStates
{
    /// <summary>Whether nothing more comes.</summary>
    public static bool IsOver(this MigrationState state) => state >= MigrationState.Completed;
}
