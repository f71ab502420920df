"""Start the service: ``python -m course_utils.serving --help`` says how."""

from course_utils.serving.service import main

if __name__ == "__main__":
    main()
