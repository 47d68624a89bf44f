namespace Llumnix.Simulation.Engines;

/// <summary>Properties of the states of a migration.</summary>
public static class MigrationStates
{
    /// <summary>Whether the state is final.</summary>
    public static bool IsOver(this MigrationState state) => state >= MigrationState.Completed;
}
