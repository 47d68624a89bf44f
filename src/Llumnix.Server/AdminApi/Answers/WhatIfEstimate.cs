namespace Llumnix.Server.AdminApi.Answers;

/// <summary>A mean over seeds with its 95 percent interval.</summary>
/// <param name="Mean">The mean; null where there is no value.</param>
/// <param name="HalfWidth">Half the width of the interval; null with one seed.</param>
/// <param name="IsClear">Whether the mean differs from 0 by more than that; null with one seed.</param>
public sealed record WhatIfEstimate(double? Mean, double? HalfWidth, bool? IsClear);
