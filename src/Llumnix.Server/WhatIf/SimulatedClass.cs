namespace Llumnix.Server.WhatIf;

/// <summary>A class of a file of <c>--latency-profiles</c>.</summary>
/// <param name="Name">The class.</param>
/// <param name="Ttft">The prefill table.</param>
/// <param name="Tpot">The decode table.</param>
/// <param name="When">Its conditions.</param>
internal sealed record SimulatedClass(string Name, string Ttft, string Tpot, Dictionary<string, Dictionary<string, string>> When);
