namespace Intercept.Capture.Configuration;

public enum OptionKind
{
    /// <summary>Takes one value; given twice, one of the two would be ignored, so it is refused.</summary>
    Text,

    /// <summary>Takes a list, and adds up when repeated.</summary>
    List,

    /// <summary>On by its name alone; a value only after an equals sign.</summary>
    Switch,
}
