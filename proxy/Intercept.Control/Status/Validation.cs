namespace Intercept.Control.Status;

/// <summary>The JSON of `validate`.</summary>
internal sealed record Validation(bool IsValid, IReadOnlyList<ProblemStatus> Problems, IReadOnlyList<ProblemStatus> Warnings);
