namespace Llumnix.Scheduling.Profiles;

/// <summary>The class of an instance, kept with it until its metadata change.</summary>
internal struct ProfileAssignment
{
    /// <summary>What has assigned the class; null before anything has.</summary>
    public object? By;

    /// <summary>The class; null where <see cref="By"/> is.</summary>
    public ProfileClass? Class;
}
