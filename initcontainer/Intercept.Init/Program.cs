Console.Error.WriteLine("intercept-init: not wired yet");
return 1;
