namespace Llumnix.Server.AdminApi.Answers;

/// <summary>What a what-if may ask at most.</summary>
/// <param name="Minutes">Time whose requests are played, in minutes.</param>
/// <param name="Seeds">Number of seeds.</param>
/// <param name="Requests">Number of requests; of more, the newest are played.</param>
/// <param name="Instances">Number of instances.</param>
/// <param name="Seconds">How long it may take, in seconds.</param>
public sealed record WhatIfBounds(double Minutes, int Seeds, int Requests, int Instances, double Seconds);
