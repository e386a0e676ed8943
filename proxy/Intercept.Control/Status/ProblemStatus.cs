using Intercept.Core.Problems;

namespace Intercept.Control.Status;

/// <summary>One thing wrong with the newest input.</summary>
/// <param name="Text">All of it as one line, as `validate` prints it.</param>
internal sealed record ProblemStatus(string File, int Line, string Field, string Text)
{
    public static ProblemStatus Of(Problem problem) => new(problem.Source, problem.Line, problem.Field, problem.ToString());
}
